import type { Wire, WireUsage } from './model-server.js';

const line = (value: unknown): string => `data: ${JSON.stringify(value)}\r\n\r\n`;
/** As Gemini counts: the answer and the thoughts apart. */
const usageOf = (usage: WireUsage | null) =>
  usage === null
    ? {}
    : {
        usageMetadata: {
          promptTokenCount: usage.prompt,
          cachedContentTokenCount: usage.cached,
          candidatesTokenCount: usage.output - usage.thoughts,
          thoughtsTokenCount: usage.thoughts,
          totalTokenCount: usage.prompt + usage.output,
        },
      };
const candidate = (text: string, more: object = {}) => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...more }],
});

/** `POST /models/{model}:streamGenerateContent?alt=sse` */
export const geminiWire: Wire = {
  path: /^\/models\/([^:]+):streamGenerateContent\?alt=sse$/,
  text: (text) => line(candidate(text)),
  tools: (calls) =>
    calls.map(({ name, input }) =>
      line({
        candidates: [
          {
            content: {
              role: 'model',
              parts: [{ functionCall: { name, args: JSON.parse(input.join('')) as object } }],
            },
            index: 0,
          },
        ],
      }),
    ),
  end: (usage) => line({ candidates: [{ finishReason: 'STOP', index: 0 }], ...usageOf(usage) }),
  blockedAnswer: (usage) => line({ candidates: [{ finishReason: 'SAFETY', index: 0 }], ...usageOf(usage) }),
  blockedPrompt: () =>
    line({
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
      usageMetadata: { promptTokenCount: 12, totalTokenCount: 12 },
    }),
  error: () =>
    line({ error: { code: 503, message: 'overloaded, prompt was: secret', status: 'UNAVAILABLE' } }),
  continuation: () => line(candidate('first ', { finishReason: 'CONTINUATION', continuationToken: 'more' })),
};
