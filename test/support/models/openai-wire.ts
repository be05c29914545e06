import type { Wire, WireUsage } from './model-server.js';

const line = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: object, reason: string | null, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'stand-in',
  choices: [{ index: 0, delta, finish_reason: reason }],
  ...more,
});
/** The last chunk, as it is with `stream_options.include_usage`. */
const usageOf = (usage: WireUsage | null): string =>
  usage === null
    ? ''
    : line({
        ...chunk({}, null),
        choices: [],
        usage: {
          prompt_tokens: usage.prompt,
          completion_tokens: usage.output,
          total_tokens: usage.prompt + usage.output,
          prompt_tokens_details: { cached_tokens: usage.cached },
          completion_tokens_details: { reasoning_tokens: usage.thoughts },
        },
      });
const done = 'data: [DONE]\n\n';

/** `POST /chat/completions` with `stream: true` */
export const openaiWire: Wire = {
  path: /^\/chat\/completions$/,
  text: (text) => line(chunk({ content: text }, null)),
  tools: (calls) =>
    calls.flatMap(({ id, name, input }, index) => [
      line(chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }, null)),
      ...input.map((text) => line(chunk({ tool_calls: [{ index, function: { arguments: text } }] }, null))),
    ]),
  end: (usage, hasTools = false) =>
    `${line(chunk({}, hasTools ? 'tool_calls' : 'stop'))}${usageOf(usage)}${done}`,
  blockedAnswer: (usage) => `${line(chunk({}, 'content_filter'))}${usageOf(usage)}${done}`,
  blockedPrompt: () => null,
  error: () =>
    line({ error: { message: 'overloaded, prompt was: secret', type: 'server_error', code: null } }),
  // There is no such answer: an ordinary one.
  continuation: () => `${line(chunk({ content: 'first ' }, null))}${line(chunk({}, 'stop'))}${done}`,
};
