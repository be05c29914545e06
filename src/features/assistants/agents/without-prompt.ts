import { withheldText } from '../../../../config/policy/assistants/agents.js';
import type { AnswerPart } from '../gateway/ai-call.js';
import { PromptLeakFilter, type PromptIndex } from './prompt-leak.js';

/**
 * The parts of an answer as far as they do not repeat the agent's instructions. Where the text begins to, a fixed sentence ends it,
 * `onLeak` is told, and the call ends; where thoughts do, the rest of them is left out.
 */
export async function* withoutPrompt(
  parts: AsyncIterable<AnswerPart>,
  prompt: PromptIndex,
  onLeak: () => void,
): AsyncGenerator<AnswerPart, void, undefined> {
  const [text, thoughts] = [new PromptLeakFilter(prompt), new PromptLeakFilter(prompt)];
  for await (const part of parts) {
    if (part.type === 'text') {
      const shown = text.take(part.text);
      if (shown !== '') yield { ...part, text: shown };
      if (!text.hasLeaked) continue;
      onLeak();
      yield { ...part, text: `\n\n${withheldText}` };
      return;
    }
    if (part.type === 'reasoning') {
      const shown = thoughts.take(part.text);
      if (shown !== '') yield { ...part, text: shown };
      continue;
    }
    const rest = part.type === 'end' ? text.end() : '';
    if (rest !== '') yield { type: 'text', text: rest };
    yield part;
  }
}
