import { NotSent, readAtMost, sendOnce } from '../https/single-request.js';
import { FalSilent, FalUnreached } from './fal-errors.js';
import { falLimits } from './fal-limits.js';

export interface WireRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Aborts the exchange: deadline, or abort by the caller. */
  readonly signal: AbortSignal;
  /** Bytes of the answer's body; more is an error. */
  readonly maxBytes: number;
}

export interface WireAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Buffer;
}

/**
 * One request, one response, no redirects.
 * @throws FalUnreached nothing was sent
 * @throws FalSilent sent, but no complete response of at most `maxBytes` came
 */
export async function exchange({ maxBytes, ...request }: WireRequest): Promise<WireAnswer> {
  const { connectTimeoutMs } = falLimits;
  try {
    const incoming = await sendOnce({ ...request, peer: 'fal', connectTimeoutMs });
    const { statusCode: status = 0, headers: fields } = incoming;
    return { status, retryAfter: fields['retry-after'] ?? null, body: await readAtMost(incoming, maxBytes) };
  } catch (error) {
    if (error instanceof NotSent) throw new FalUnreached(error.cause);
    throw new FalSilent(request.signal.reason ?? error);
  }
}
