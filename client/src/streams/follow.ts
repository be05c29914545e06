import { repeatAfter } from '../calls/retry-after.js';
import { wait } from '../calls/wait.js';
import { isFailure, VelroConnectionError } from '../errors.js';
import { Connection, type Connect } from './connection.js';
import type { RawEvent } from './event-parser.js';
import type { StreamPolicy } from './stream-policy.js';

export interface Following {
  readonly connect: Connect;
  readonly policy: StreamPolicy;
  readonly signal: AbortSignal | null;
  /** The id of the last event that is known already; empty: none. */
  readonly lastId: string;
}

/**
 * The events of a stream, over as many connections as it takes: a lost one is opened again after the event that was last
 * received. Ends when the service says that nothing more comes.
 * @throws VelroError when the service refuses, VelroStoreError when the tokens cannot be read, the last failure when it cannot be reached for long, VelroResponseError for a stream
 * that is none, and the reason of an aborted signal
 */
export async function* follow({ connect, policy, signal, lastId }: Following): AsyncGenerator<RawEvent> {
  let last = lastId;
  let failures = 0;
  let delayMs = policy.firstDelayMs;
  for (;;) {
    const connection = new Connection(connect, policy, signal);
    let failure: Error = new VelroConnectionError(new Error('the stream ends whenever it is opened'));
    let atLeastMs = 0;
    try {
      for await (const event of connection.events(last)) {
        last = event.id;
        yield event;
      }
      if (connection.isOver) return;
    } catch (error) {
      const pause = pauseAfter(error, signal);
      if (pause === null || !(error instanceof Error)) throw error;
      atLeastMs = pause;
      failure = error;
    }
    delayMs = connection.retryMs ?? delayMs;
    // A comment shows a living service as well as an event does; a connection that was only waited for does not, however long.
    failures = connection.hasReceived ? 0 : failures + 1;
    if (failures >= policy.failures) throw failure;
    await wait(Math.max(atLeastMs, delayOf(failures, delayMs, policy.longestDelayMs)), signal);
  }
}

/** Milliseconds for which the failure asks before the next connection; null where none may succeed. */
function pauseAfter(error: unknown, signal: AbortSignal | null): number | null {
  if (signal?.aborted === true) return null;
  if (error instanceof VelroConnectionError) return 0;
  if (!isFailure(error)) return null;
  const saysWhen = error.status === 429 || (error.status === 503 && error.retryAt !== null);
  if (saysWhen) return repeatAfter(error, { isRepeatable: true, repeats: 0 }, Date.now());
  return error.status >= 500 ? 0 : null;
}

/** Milliseconds before the next connection. Doubled with every failure in a row; by chance up to half shorter, so that the clients of a service that restarts do not come at once. */
export function delayOf(failures: number, firstMs: number, longestMs: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1));
  return full * (1 - Math.random() / 2);
}
