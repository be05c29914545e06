import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import type { WebhookAnswer, WebhookFailure } from '../../../ports/delivery/webhook-sender.js';

/** What came of one attempt. */
export type Attempt = { readonly durationMs: number } & (
  | { readonly answer: WebhookAnswer; readonly failure: null }
  | { readonly answer: null; readonly failure: WebhookFailure }
);

export type DeliveryState = 'waiting' | 'delivered' | 'failed';

/** `retryMs`: until the next attempt; null where there is none. */
export interface Outcome {
  readonly state: DeliveryState;
  readonly retryMs: number | null;
}

const { retriesMs, jitter, retryAfterMs, pauseMs, perSecond, slowMs, slowFactor } = webhookPolicy;

const isSuccess = ({ answer }: Attempt): boolean =>
  answer !== null && answer.status >= 200 && answer.status < 300;

/** 410: the receiver wants no webhooks any more. */
export const isGone = ({ answer }: Attempt): boolean => answer?.status === 410;

/** What becomes of a delivery. `attempts`: those before this one; `share`: from 0 to 1, by chance. */
export function outcomeOf(attempt: Attempt, attempts: number, share: number): Outcome {
  if (isSuccess(attempt)) return { state: 'delivered', retryMs: null };
  const wait = retriesMs[attempts];
  if (isGone(attempt) || wait === undefined) return { state: 'failed', retryMs: null };
  const asked = Math.min(attempt.answer?.retryAfterMs ?? 0, retryAfterMs);
  return { state: 'waiting', retryMs: Math.max(Math.round(wait * (1 + jitter * share)), asked) };
}

const overloaded: readonly number[] = [429, 502, 503, 504];
const isOverload = ({ answer, failure }: Attempt): boolean =>
  failure === 'timeout' || (answer !== null && overloaded.includes(answer.status));

/**
 * How long an endpoint is sent nothing after a turn: at least so that it is not sent more than `perSecond` in a second. `pauses`: how many
 * pauses came before it in a row.
 */
export function pauseAfter(
  turn: readonly Attempt[],
  pauses: number,
): { readonly pauses: number; readonly pauseMs: number } {
  const longest = Math.max(0, ...turn.map(({ durationMs }) => durationMs));
  const least = Math.max(longest > slowMs ? longest * slowFactor : 0, (turn.length * 1000) / perSecond);
  const overloads = turn.filter(isOverload);
  if (overloads.length === 0) return { pauses: 0, pauseMs: least };
  const asked = Math.max(0, ...overloads.map(({ answer }) => answer?.retryAfterMs ?? 0));
  const doubled = Math.min(pauseMs.first * 2 ** Math.min(pauses, 20), pauseMs.longest);
  return { pauses: pauses + 1, pauseMs: Math.max(doubled, least, Math.min(asked, retryAfterMs)) };
}
