/** One message of a conversation, oldest first. What the model must obey stands in `system` of the request. */
export type ModelMessage =
  | { readonly role: 'user'; readonly text: string; readonly images?: readonly ModelImage[] }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls?: readonly ToolCall[] }
  /** What the caller's tool gave back for the call of this id. */
  | { readonly role: 'tool'; readonly callId: string; readonly name: string; readonly text: string };

/** A picture that is shown with a question. */
export interface ModelImage {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A model asks its caller to run a tool. `input`: a JSON object, as text. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: string;
}

/** A tool that the caller runs. `inputSchema`: JSON schema of an object, passed on as it is. */
export interface ModelTool {
  readonly name: string;
  readonly description: string | null;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly strict: boolean | null;
}

/** What a caller may set besides; null leaves it to the provider. A model that knows no such setting ignores it. */
export interface ModelOptions {
  readonly tools: readonly ModelTool[];
  /** `tool`: the one of this name. */
  readonly toolChoice: 'auto' | 'none' | 'required' | { readonly tool: string } | null;
  readonly parallelToolCalls: boolean | null;
  readonly topP: number | null;
  readonly stop: readonly string[];
  readonly presencePenalty: number | null;
  readonly frequencyPenalty: number | null;
  readonly seed: number | null;
  /** JSON, of this schema where there is one; null: text. */
  readonly json: {
    readonly name: string | null;
    readonly schema: Readonly<Record<string, unknown>> | null;
  } | null;
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
  readonly options?: ModelOptions;
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

/** `blocked`: the provider's safety filter. `tools`: the caller is to run tools. */
export type AnswerEnd = 'stop' | 'length' | 'blocked' | 'tools' | 'other';

export type ModelPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'tool-start'; readonly id: string; readonly name: string }
  /** More of the input of the tool call of this id. */
  | { readonly type: 'tool-input'; readonly id: string; readonly text: string }
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
   * `AnswerTimeout` is evidence against the provider, once for each caller; any other is none.
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
  /** `caller`: who waited for it, in a form that tells callers apart. */
  constructor(readonly caller: string) {
    super('the language model took too long');
  }
}
