import type { KeyLimits } from '../../../ports/accounts/api-key-authenticator.js';
import type {
  AnswerEnd,
  ModelImage,
  ModelPart,
  ModelRequest,
} from '../../../ports/assistants/language-model.js';

/** Who a call is counted and paid by. */
export type Payer =
  | { readonly kind: 'person'; readonly userId: string; readonly key: KeyLimits | null }
  /** `address`: the key of the client's address, by which visitors are limited besides. */
  | { readonly kind: 'visitor'; readonly visitorId: string; readonly address: string }
  /** Keyed hash of a Messenger id. */
  | { readonly kind: 'messenger'; readonly pseudonym: string }
  | { readonly kind: 'operator' };

export type CallPurpose = 'chat' | 'openai' | 'messenger' | 'ping';

/** One question to a language model. */
export interface AiCall {
  readonly purpose: CallPurpose;
  readonly payer: Payer;
  /** The agent that answers, with its own cap in micro-dollars a day; null without one. */
  readonly agent: { readonly id: string; readonly dailyCap: number | null } | null;
  /** `model`: null takes the configured one. A second provider is always asked for its own. */
  readonly request: Omit<ModelRequest, 'model'> & { readonly model: string | null };
  /** What the latest question shows; null for nothing. */
  readonly pictures: PictureSource | null;
  /** `whole`: the time counts to the end of the answer; `stream`: to its first text, and between two parts. */
  readonly shape: 'whole' | 'stream';
  /** Milliseconds; AI_TIMEOUT_MS where it is null. */
  readonly timeoutMs: number | null;
  /** The caller's; it ends the call. */
  readonly signal: AbortSignal | null;
  readonly requestId: string | null;
}

/** Pictures that are read when the call is made, and not before. */
export interface PictureSource {
  readonly count: number;
  /** Of all together, at most. */
  readonly bytes: number;
  load(): Promise<readonly ModelImage[]>;
}

/** Why there is no answer of a model. */
export const fallbackReasons = [
  'ai_disabled',
  'consent_missing',
  'provider_unavailable',
  'user_rate_limit',
  'global_rate_limit',
  'budget_exceeded',
  'ai_timeout',
  'ai_error',
] as const;
export type FallbackReason = (typeof fallbackReasons)[number];

export type AnswerPart =
  | Exclude<ModelPart, { readonly type: 'end' }>
  /** The last one of an answer that was given whole. */
  | { readonly type: 'end'; readonly end: AnswerEnd; readonly tokens: AnswerTokens };

export interface AnswerTokens {
  readonly prompt: number;
  readonly cached: number;
  readonly output: number;
  readonly thoughts: number;
  /** Counted here: the provider reported none. */
  readonly isEstimated: boolean;
}

/**
 * `ai`: a model answers. Reading `parts` throws AnswerBroken where the answer breaks off; whoever stops reading ends the call.
 * `fallback`: no model answered, and nothing of an answer was seen.
 */
export type AiAnswer =
  | {
      readonly path: 'ai';
      readonly provider: string;
      readonly model: string;
      readonly parts: AsyncIterable<AnswerPart>;
    }
  | { readonly path: 'fallback'; readonly reason: FallbackReason };

/** An answer broke off after its first text. */
export class AnswerBroken extends Error {
  override readonly name = 'AnswerBroken';
  constructor(
    readonly reason: FallbackReason | 'stopped',
    cause: unknown,
  ) {
    super(reason, { cause });
  }
}
