import { isFailure, VelroConnectionError, VelroStoreError } from '../errors.js';

export type PreparedInit = RequestInit & { headers: Headers };

/** Sends one request. `fetch`, or something of its form. */
export type Send = (url: string, init: PreparedInit) => Promise<Response>;

export interface Attempt {
  readonly send: Send;
  /** Time limit up to the end of the body in milliseconds; null: none. */
  readonly timeoutMs: number | null;
}

/**
 * Sends a request once.
 * @throws VelroConnectionError, or the reason of the aborted signal
 */
export async function attempt(
  url: string,
  init: PreparedInit,
  { send, timeoutMs }: Attempt,
): Promise<Response> {
  const signal = init.signal ?? null;
  try {
    return await send(url, { ...init, signal: limited(signal, timeoutMs) });
  } catch (error) {
    throw asConnectionError(error, signal);
  }
}

function limited(signal: AbortSignal | null, timeoutMs: number | null): AbortSignal | null {
  if (timeoutMs === null) return signal;
  const limit = AbortSignal.timeout(timeoutMs);
  return signal === null ? limit : AbortSignal.any([signal, limit]);
}

/** What a failed exchange is to the caller: its own abort, one of our errors, or a lost connection. */
export function asConnectionError(error: unknown, signal: AbortSignal | null): unknown {
  if (signal?.aborted === true) return signal.reason;
  const isOurs =
    isFailure(error) || error instanceof VelroConnectionError || error instanceof VelroStoreError;
  return isOurs ? error : new VelroConnectionError(error);
}
