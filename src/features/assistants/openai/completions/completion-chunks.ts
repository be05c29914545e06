import type { AnswerPart } from '../../gateway/ai-call.js';
import type { ChatCompletionChunk } from './completion.dto.js';
import { toCompletionUsage, toFinishReason, type CompletionFacts } from './completion.presenter.js';
import type { Plain } from '../openai-request.js';

type Delta = ChatCompletionChunk['choices'][number]['delta'];

/** The parts of an answer as chunks of a chat completion. */
export class CompletionChunks {
  private readonly places = new Map<string, number>();

  constructor(
    private readonly facts: CompletionFacts,
    private readonly includesUsage: boolean,
  ) {}

  /** The chunk before all text. */
  first(): ChatCompletionChunk {
    return this.chunk({ role: 'assistant', content: '' }, null);
  }

  /** Thoughts are not passed on. */
  of(part: AnswerPart): readonly ChatCompletionChunk[] {
    switch (part.type) {
      case 'reasoning':
        return [];
      case 'text':
        return [this.chunk({ content: part.text }, null)];
      case 'tool-start': {
        const index = this.places.size;
        this.places.set(part.id, index);
        const called = { name: part.name, arguments: '' };
        return [
          this.chunk({ tool_calls: [{ index, id: part.id, type: 'function', function: called }] }, null),
        ];
      }
      case 'tool-input': {
        const index = this.places.get(part.id);
        if (index === undefined) return [];
        return [this.chunk({ tool_calls: [{ index, function: { arguments: part.text } }] }, null)];
      }
      case 'end': {
        const last = this.chunk({}, toFinishReason(part.end));
        if (!this.includesUsage) return [last];
        return [last, { ...last, choices: [], usage: toCompletionUsage(part.tokens) }];
      }
    }
  }

  private chunk(delta: Delta, reason: ReturnType<typeof toFinishReason> | null): Plain<ChatCompletionChunk> {
    const { id, created, model } = this.facts;
    return {
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      choices: [{ index: 0, delta, finish_reason: reason }],
      ...(this.includesUsage ? { usage: null } : {}),
    };
  }
}
