import type { AnswerTokens } from '../../gateway/ai-call.js';
import type { CollectedAnswer } from '../calls/collected-answer.js';
import type { AnswerEnd } from '../../../../ports/assistants/language-model.js';
import type { ChatCompletionResponse, CompletionUsage, FinishReason } from './completion.dto.js';

/** What all messages of one answer name. `created`: seconds since the epoch. */
export interface CompletionFacts {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

export const toCompletion = (
  { id, created, model }: CompletionFacts,
  { text, toolCalls, end, tokens }: CollectedAnswer,
): ChatCompletionResponse => ({
  id,
  object: 'chat.completion',
  created,
  model,
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: text === '' && toolCalls.length > 0 ? null : text,
        refusal: null,
        ...(toolCalls.length === 0
          ? {}
          : {
              tool_calls: toolCalls.map(({ id, name, input }) => ({
                id,
                type: 'function' as const,
                function: { name, arguments: input },
              })),
            }),
      },
      finish_reason: toFinishReason(end),
    },
  ],
  usage: toCompletionUsage(tokens),
});

export const toCompletionUsage = ({ prompt, cached, output, thoughts }: AnswerTokens): CompletionUsage => ({
  prompt_tokens: prompt,
  completion_tokens: output,
  total_tokens: prompt + output,
  prompt_tokens_details: { cached_tokens: cached },
  completion_tokens_details: { reasoning_tokens: thoughts },
});

const finishes: Readonly<Record<AnswerEnd, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  blocked: 'content_filter',
  tools: 'tool_calls',
  other: 'stop',
};

export const toFinishReason = (end: AnswerEnd): FinishReason => finishes[end];
