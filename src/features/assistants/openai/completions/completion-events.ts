import type { AnswerPart } from '../../gateway/ai-call.js';
import type { OpenAiError } from '../../../../errors/openai-error.js';
import type { EventForm } from '../calls/answer-events.js';
import { CompletionChunks } from './completion-chunks.js';
import type { CompletionFacts } from './completion.presenter.js';

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const done = 'data: [DONE]\n\n';

/** Chat completions: each chunk an event without a name, `[DONE]` behind the last. */
export class CompletionEvents implements EventForm {
  private readonly chunks: CompletionChunks;

  constructor(facts: CompletionFacts, includesUsage: boolean) {
    this.chunks = new CompletionChunks(facts, includesUsage);
  }

  begin = (): readonly string[] => [data(this.chunks.first())];
  of = (part: AnswerPart): readonly string[] => this.chunks.of(part).map(data);
  end = (): readonly string[] => [done];
  failed = (error: OpenAiError['error']): readonly string[] => [data({ error }), done];
}
