/** Longest time that the client waits by itself, and how often, in milliseconds and counts. */
const retryPolicy = { longestWaitMs: 30_000, repeats: 2 } as const;

/** The moment that a `Retry-After` header names, as seconds or as an HTTP date; null when it names none. */
export function readRetryAfter(header: string | null, nowMs: number): Date | null {
  if (header === null) return null;
  const text = header.trim();
  const ms = /^\d{1,9}$/.test(text)
    ? nowMs + Number(text) * 1000
    : /^[A-Z][a-z]{2},/.test(text)
      ? Date.parse(text)
      : NaN;
  return Number.isNaN(ms) ? null : new Date(ms);
}

interface Refusal {
  readonly status: number;
  readonly retryAt: Date | null;
  readonly refusesRetry: boolean;
}

/**
 * Milliseconds to wait before the request is repeated; null: it is not. Only 429 and 503 are repeated, and only when they say
 * when: then the service has done nothing, but whether a proxy before it has is unknown, so that unsafe methods need an
 * idempotency key.
 */
export function repeatAfter(
  { status, retryAt, refusesRetry }: Refusal,
  request: { readonly isRepeatable: boolean; readonly repeats: number },
  nowMs: number,
): number | null {
  if ((status !== 429 && status !== 503) || retryAt === null || refusesRetry) return null;
  if (!request.isRepeatable || request.repeats >= retryPolicy.repeats) return null;
  const wait = Math.max(0, retryAt.getTime() - nowMs);
  return wait > retryPolicy.longestWaitMs ? null : wait;
}
