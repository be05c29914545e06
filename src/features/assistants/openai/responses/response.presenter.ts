import type { AnswerEnd, ToolCall } from '../../../../ports/assistants/language-model.js';
import type { AnswerTokens } from '../../gateway/ai-call.js';
import type { CollectedAnswer } from '../calls/collected-answer.js';
import type { OpenAiResponse, OutputCall, OutputItem, OutputMessage } from './response.dto.js';
import type { Plain } from '../openai-request.js';

/** What all messages of one answer name. `created`: seconds since the epoch. `base`: of the ids, without their prefix. */
export interface ResponseFacts {
  readonly base: string;
  readonly created: number;
  readonly model: string;
  readonly maxOutputTokens: number;
  readonly parallelToolCalls: boolean;
}

/** An answer that has only begun, without usage and items. */
export const toBegunResponse = (facts: ResponseFacts): Plain<OpenAiResponse> => ({
  id: `resp_${facts.base}`,
  object: 'response',
  created_at: facts.created,
  status: 'in_progress',
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: facts.maxOutputTokens,
  model: facts.model,
  output: [],
  parallel_tool_calls: facts.parallelToolCalls,
  previous_response_id: null,
  store: false,
  temperature: null,
  top_p: null,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  truncation: 'disabled',
  usage: null,
  metadata: {},
});

export function toEndedResponse(
  facts: ResponseFacts,
  output: OutputItem[],
  end: AnswerEnd,
  { prompt, cached, output: written, thoughts }: AnswerTokens,
): OpenAiResponse {
  const reason = end === 'length' ? 'max_output_tokens' : end === 'blocked' ? 'content_filter' : null;
  return {
    ...toBegunResponse(facts),
    status: reason === null ? 'completed' : 'incomplete',
    incomplete_details: reason === null ? null : { reason },
    output,
    usage: {
      input_tokens: prompt,
      input_tokens_details: { cached_tokens: cached },
      output_tokens: written,
      output_tokens_details: { reasoning_tokens: thoughts },
      total_tokens: prompt + written,
    },
  };
}

export function toResponse(
  facts: ResponseFacts,
  { text, toolCalls, end, tokens }: CollectedAnswer,
): OpenAiResponse {
  const output: OutputItem[] = text === '' ? [] : [toMessage(facts, 0, text)];
  for (const call of toolCalls) output.push(toCall(facts, output.length, call));
  return toEndedResponse(facts, output, end, tokens);
}

export const toMessage = ({ base }: ResponseFacts, at: number, text: string): Plain<OutputMessage> => ({
  type: 'message',
  id: `msg_${base}_${at}`,
  status: 'completed',
  role: 'assistant',
  content: [toOutputText(text)],
});

export const toOutputText = (text: string): OutputMessage['content'][number] => ({
  type: 'output_text',
  text,
  annotations: [],
  logprobs: [],
});

export const toCall = (
  { base }: ResponseFacts,
  at: number,
  { id, name, input }: ToolCall,
): Plain<OutputCall> => ({
  type: 'function_call',
  id: `fc_${base}_${at}`,
  status: 'completed',
  call_id: id,
  name,
  arguments: input,
});
