import { createFalClient, type QueueClient } from '@fal-ai/client';
import type { Secret } from '../../../config/values/secret.js';
import { FalBreaker } from './fal-breaker.js';
import { FalRejected, FalSilent, FalUnreached } from './fal-errors.js';
import type { FalLimits } from './fal-limits.js';
import { readRejection } from './fal-rejection.js';
import { exchange } from './fal-wire.js';

/** The host that is hard-coded in the client. */
const clientQueue = 'https://queue.fal.run/';
/** Seconds; a longer Retry-After of fal is ignored. */
const maxRetryAfterSeconds = 3600;

export interface FalAccess {
  readonly key: Secret;
  /** Without a trailing slash. */
  readonly queueUrl: string;
}

/**
 * Calls fal's queue by its client, each with a deadline and at most one request. The client retries 429, 5xx and lost
 * connections up to five times, submits included, whatever its settings; so we replace its `fetch`, and pass errors
 * through it in a form that it does not retry.
 */
export class FalCalls {
  readonly breaker: FalBreaker;

  constructor(
    private readonly access: FalAccess,
    private readonly limits: FalLimits,
  ) {
    this.breaker = new FalBreaker(limits);
  }

  /**
   * The JSON of a 2xx answer.
   * @throws FalUnreached, FalRejected, FalSilent
   */
  make(
    ask: (queue: QueueClient, signal: AbortSignal) => Promise<unknown>,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<unknown> {
    return this.breaker.run(
      () => this.once(ask, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])),
      signal,
    );
  }

  private async once(
    ask: (queue: QueueClient, signal: AbortSignal) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<unknown> {
    const { access, limits } = this;
    const call: { isSent: boolean; json: unknown; ended: Ended | null } = {
      isSent: false,
      json: undefined,
      ended: null,
    };
    const client = createFalClient({
      credentials: () => access.key.reveal(),
      retry: { maxRetries: 0 },
      fetch: async (input, init) => {
        // A second request of one call: the first has decided.
        if (call.isSent) throw (call.ended ??= new Ended(new FalSilent()));
        try {
          const url = this.addressOf(input);
          call.isSent = true;
          const request = {
            url,
            method: init?.method ?? 'GET',
            headers: Object.fromEntries(new Headers(init?.headers)),
            body: typeof init?.body === 'string' ? init.body : null,
          };
          call.json = read(await exchange({ ...request, signal, maxBytes: limits.maxAnswerBytes }));
          return Response.json(call.json);
        } catch (error) {
          throw (call.ended = new Ended(error));
        }
      },
    });
    try {
      await ask(client.queue, signal);
      // The raw JSON: for a cancellation the client returns nothing.
      return call.json;
    } catch (error) {
      if (call.ended !== null) throw call.ended.reason;
      throw call.isSent ? new FalSilent(error) : new FalUnreached(error);
    }
  }

  /**
   * Rewrites the client's URL to the configured queue. The API key is sent nowhere else.
   * @throws FalUnreached when it is no URL of the queue
   */
  private addressOf(input: unknown): URL {
    if (typeof input !== 'string' || !input.startsWith(clientQueue))
      throw new FalUnreached(new Error('not an address of the queue'));
    return new URL(`${this.access.queueUrl}/${input.slice(clientQueue.length)}`);
  }
}

/** Passes an error through the client: without `code` and `cause`, which the client reads as a lost connection. */
class Ended extends Error {
  constructor(readonly reason: unknown) {
    super('the call has ended');
  }
}

/** @throws FalRejected unless 2xx, FalSilent unless JSON */
function read({
  status,
  retryAfter,
  body,
}: {
  status: number;
  retryAfter: string | null;
  body: Buffer;
}): unknown {
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    json = undefined;
    // Without the cause, whose message quotes the response.
    if (status >= 200 && status < 300) throw new FalSilent();
  }
  if (status >= 200 && status < 300) return json;
  throw new FalRejected(status, readRejection(json), millisecondsOf(retryAfter));
}

function millisecondsOf(retryAfter: string | null): number | null {
  if (retryAfter === null || !/^\d{1,6}$/.test(retryAfter)) return null;
  return Math.min(Number(retryAfter), maxRetryAfterSeconds) * 1000;
}
