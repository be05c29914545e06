import { asConnectionError, attempt, type Send } from '../calls/attempt.js';
import { isFailure, VelroError } from '../errors.js';
import { failureOf, toFailure } from '../calls/failure.js';
import { repeatAfter } from '../calls/retry-after.js';
import { wait } from '../calls/wait.js';

interface Exchange {
  readonly url: string;
  readonly send: Send;
  readonly timeoutMs: number;
}

type Pair = Readonly<Record<string, unknown>>;

/** The token is not one that the service would ever take again. Other refusals (403, 429) are of the address or the moment. */
const refusals = [400, 401, 422];

/**
 * Exchanges a refresh token for a pair. An answer that was lost is asked for again, once: the service gives the same pair again
 * until that is used. Resolves with the error where the service refuses the token.
 * @throws VelroError, VelroResponseError, VelroConnectionError: there was no decision
 */
export async function exchangeRefreshToken(
  exchange: Exchange,
  refreshToken: string,
): Promise<Pair | VelroError> {
  for (let repeats = 0; ; repeats++) {
    const outcome = await once(exchange, refreshToken).catch((error: unknown) => {
      if (isFailure(error) || repeats > 0) throw error;
      return null;
    });
    if (outcome === null) continue;
    if (!(outcome instanceof Error)) return outcome;
    if (outcome instanceof VelroError && refusals.includes(outcome.status)) return outcome;
    const delay = repeatAfter(outcome, { isRepeatable: true, repeats }, Date.now());
    if (delay === null) throw outcome;
    await wait(delay, null);
  }
}

async function once({ url, send, timeoutMs }: Exchange, refreshToken: string) {
  const init = {
    method: 'POST',
    headers: new Headers({ 'content-type': 'application/json' }),
    body: JSON.stringify({ refresh_token: refreshToken }),
    credentials: 'omit',
  } as const;
  const response = await attempt(url, init, { send, timeoutMs });
  try {
    if (!response.ok) return await failureOf(response, url);
    const text = await response.text();
    const pair = readPair(text);
    if (pair === null) throw toFailure(response, text, url);
    return pair;
  } catch (error) {
    throw asConnectionError(error, null);
  }
}

function readPair(text: string): Pair | null {
  try {
    const pair = JSON.parse(text) as Pair | null;
    return typeof pair?.['access_token'] === 'string' && typeof pair['refresh_token'] === 'string'
      ? pair
      : null;
  } catch {
    return null;
  }
}
