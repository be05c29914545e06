import type { AnswerEnd, ToolCall } from '../../../../ports/assistants/language-model.js';
import type { AnswerPart, AnswerTokens } from '../../gateway/ai-call.js';

/** A whole answer. */
export interface CollectedAnswer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly end: AnswerEnd;
  readonly tokens: AnswerTokens;
}

/** @throws AnswerBroken */
export async function collect(parts: AsyncIterable<AnswerPart>): Promise<CollectedAnswer> {
  let text = '';
  const calls = new Map<string, { readonly id: string; readonly name: string; input: string }>();
  for await (const part of parts) {
    if (part.type === 'text') text += part.text;
    else if (part.type === 'tool-start') calls.set(part.id, { id: part.id, name: part.name, input: '' });
    else if (part.type === 'tool-input') {
      const call = calls.get(part.id);
      if (call !== undefined) call.input += part.text;
    } else if (part.type === 'end')
      return { text, toolCalls: [...calls.values()], end: part.end, tokens: part.tokens };
  }
  throw new Error('an answer without an end');
}
