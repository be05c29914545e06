/** Who answers for agents, besides the embedded `local`. */
export type RemoteProvider = 'gemini' | 'openai';

/**
 * What a model costs, in nano-dollars a token (a dollar a million tokens is 1000). Thoughts are output. Without a price of
 * its own a cached token costs as any other.
 */
export interface ModelPrice {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  /** Most tokens that it counts for a picture, where these are more than `imageTokens.most`. */
  readonly pictureTokens?: number;
  /** Prices of a call whose prompt has more tokens than this. */
  readonly long?: {
    readonly above: number;
    readonly input: number;
    readonly cached: number;
    readonly output: number;
  };
}

/** Where nothing is charged: the embedded model. */
export const freeOfCharge: ModelPrice = { input: 0, cached: 0, output: 0 };

const price = (input: number, cached: number, output: number): ModelPrice => ({ input, cached, output });
/** Of Gemini's large models: twice the price for the prompt and half as much again for the answer, beyond 200,000 tokens. */
const tiered = (input: number, cached: number, output: number): ModelPrice => ({
  ...price(input, cached, output),
  long: { above: 200_000, input: input * 2, cached: cached * 2, output: output * 1.5 },
});

/**
 * List prices of the providers, paid tier. What is not listed boots only with
 * AI_MODEL_PRICE, for a budget that does not know a price limits nothing.
 */
export const modelPrices: Readonly<Record<RemoteProvider, ReadonlyMap<string, ModelPrice>>> = {
  gemini: new Map([
    ['gemini-2.5-flash-lite', price(100, 10, 400)],
    ['gemini-2.5-flash', price(300, 30, 2500)],
    ['gemini-2.5-pro', tiered(1250, 125, 10_000)],
    ['gemini-3-flash-preview', price(500, 50, 3000)],
    ['gemini-3.1-flash-lite-preview', price(250, 25, 1500)],
    ['gemini-3.1-pro-preview', tiered(2000, 200, 12_000)],
  ]),
  openai: new Map([
    ['gpt-4.1-mini', price(400, 100, 1600)],
    // 2,833 tokens, and 5,667 for each of eight tiles at most.
    ['gpt-4o-mini', { ...price(150, 75, 600), pictureTokens: 48_169 }],
    ['gpt-4o', price(2500, 1250, 10_000)],
    ['gpt-5-mini', price(250, 25, 2000)],
    ['gpt-5.2', price(1750, 175, 14_000)],
  ]),
};

/** The least that a model can think before it answers; `never`: it cannot, and refuses the setting. */
export type LeastThinking = 'never' | 'none' | 'minimal' | 'low';

/** A model that is not listed is sent no such setting, and what it may have thought in silence is counted at the most it may write. */
export const leastThinking: ReadonlyMap<string, LeastThinking> = new Map<string, LeastThinking>([
  ['gemini-2.5-flash-lite', 'none'],
  ['gemini-2.5-flash', 'none'],
  ['gemini-2.5-pro', 'minimal'],
  ['gemini-3-flash-preview', 'minimal'],
  ['gemini-3.1-flash-lite-preview', 'minimal'],
  ['gemini-3.1-pro-preview', 'low'],
  ['gpt-4.1-mini', 'never'],
  ['gpt-4o-mini', 'never'],
  ['gpt-4o', 'never'],
  ['gpt-5-mini', 'minimal'],
  ['gpt-5.2', 'none'],
]);

/** Where the providers answer; said here, because their packages would otherwise read variables of the process. */
export const providerUrls: Readonly<Record<RemoteProvider, string>> = {
  gemini: 'https://generativelanguage.googleapis.com/v1beta',
  openai: 'https://api.openai.com/v1',
};

/** Of models that need not think before they answer, for the time is short. */
export const defaultModels: Readonly<Record<RemoteProvider, string>> = {
  gemini: 'gemini-2.5-flash-lite',
  openai: 'gpt-4.1-mini',
};

/** The embedded model, which answers from knowledge entries. */
export const localModel = 'velro/local';

/** Circuit breaker of a provider: failures in a row that open it, and milliseconds until one call asks again. */
export const modelBreaker = { failures: 5, pauseMs: 10_000 } as const;

/**
 * Milliseconds for a connection to a provider: less than an answer may take as it comes (AI_TIMEOUT_MS), so that what was never sent is
 * neither charged nor taken for an answer that was too slow.
 */
export const modelConnectTimeoutMs = 2000;

/**
 * Milliseconds for which a connection to a provider may be idle and still carry the next call: less than half of what a server of Node.js
 * keeps one (5 s), which is the least of those that answer here. A new one costs a handshake, a closed one the call.
 */
export const modelIdleMs = 2000;

/** Bytes of one answer of a provider, its framing included; more is no answer. */
export const maxAnswerBytes = 8 * 1024 ** 2;

/** Tokens that a provider may report for one call; more is no count. */
export const mostReportedTokens = 100_000_000;

/** Tool calls of one answer; more is no answer. */
export const mostToolCalls = 128;
