/** One message of a conversation, oldest first. What the model must obey stands in `system` of the request. */
export interface ModelMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** What an agent knows about the question, best first; at most as long as the agent allows. */
export interface KnowledgeExcerpt {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

export interface ModelRequest {
  /** As its provider spells it. */
  readonly model: string;
  readonly system: string | null;
  readonly messages: readonly ModelMessage[];
  readonly knowledge: readonly KnowledgeExcerpt[];
  /** At least 1; thoughts count where the model thinks. */
  readonly maxOutputTokens: number;
  /** 0 to 2, or null for the provider's default. */
  readonly temperature: number | null;
  /** `off`: as little as the model can. */
  readonly thinking: 'off' | 'low' | 'medium' | 'high';
}

/** Tokens as the provider reports them: whole numbers, 0 and above. */
export interface ModelUsage {
  /** Of the prompt, cached ones included. */
  readonly prompt: number;
  readonly cached: number;
  /** Of the answer, thoughts included. */
  readonly output: number;
  readonly thoughts: number;
}

/** `blocked`: the provider's safety filter. */
export type AnswerEnd = 'stop' | 'length' | 'blocked' | 'other';

export type ModelPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  /** The last one. `usage`: null where the provider reported none. */
  | { readonly type: 'end'; readonly end: AnswerEnd; readonly usage: ModelUsage | null };

/** Circuit breaker. `open`: after repeated failures no call is made for a while; `half_open`: one call probes. */
export type ModelCircuit = 'closed' | 'open' | 'half_open';

/** A provider of language models. */
export abstract class LanguageModel {
  abstract readonly provider: 'gemini' | 'openai' | 'local';
  abstract readonly circuit: ModelCircuit;

  /**
   * Asks once, and yields the answer as it comes; the last part is `end`. Whoever stops reading ends the call. An abort by
   * `AnswerTimeout` is evidence against the provider, any other is none.
   * @throws ModelFailed, and whatever `signal` was aborted with
   */
  abstract answer(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelPart>;
}

/** The language models that are configured. */
export abstract class LanguageModels {
  /** Null: no assistants. */
  abstract readonly first: LanguageModel | null;
  /** Asked when the first does not answer. */
  abstract readonly second: LanguageModel | null;
}

/**
 * Why a provider gave no answer. `unavailable`: it could not be asked, or is overloaded; `failed`: it refused the request or
 * answered with something that is none.
 */
export type ModelFailure = 'unavailable' | 'failed';

/** Without the provider's words, its address or the request: these hold keys and prompts. */
export class ModelFailed extends Error {
  override readonly name = 'ModelFailed';
  constructor(
    readonly failure: ModelFailure,
    /** A few fixed words for the log. */
    readonly why: string,
    /** Whether the provider may charge for the call. */
    readonly isCharged: boolean,
  ) {
    super(why);
  }
}

/** The time of an answer is over. */
export class AnswerTimeout extends Error {
  override readonly name = 'AnswerTimeout';
  constructor() {
    super('the language model took too long');
  }
}
