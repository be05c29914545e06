import { createPublicKey, type KeyObject } from 'node:crypto';
import { createRemoteJWKSet, customFetch } from 'jose';
import { fieldOf } from './fal-json.js';
import { exchange } from './fal-wire.js';

/** Times and bounds. All times in milliseconds. */
export interface KeySetLimits {
  readonly fetchTimeoutMs: number;
  /** As fal requires: older keys are not used. */
  readonly maxAgeMs: number;
  /** As fal requires: between two fetches while there are keys. */
  readonly refetchEveryMs: number;
  /** Between two fetches while there are none. */
  readonly retryEveryMs: number;
  readonly maxBytes: number;
  readonly maxKeys: number;
}

export const keySetLimits: KeySetLimits = {
  fetchTimeoutMs: 5_000,
  maxAgeMs: 86_400_000,
  refetchEveryMs: 60_000,
  retryEveryMs: 5_000,
  maxBytes: 65_536,
  maxKeys: 32,
};

/**
 * fal's public keys (JWKS, RFC 7517 and 8037), fetched on demand and cached for at most a day. `jose` shares one fetch
 * between concurrent callers; the fetch is our own: bounded in time and bytes, without redirects, and an error when the
 * response has no usable key.
 */
export class FalKeySet {
  private readonly remote: ReturnType<typeof createRemoteJWKSet>;
  private keys: readonly KeyObject[] = [];
  private fetchedAt = -Infinity;
  private attemptedAt = -Infinity;

  constructor(
    url: string,
    private readonly limits = keySetLimits,
  ) {
    this.remote = createRemoteJWKSet(new URL(url), {
      timeoutDuration: limits.fetchTimeoutMs,
      cacheMaxAge: limits.maxAgeMs,
      cooldownDuration: limits.refetchEveryMs,
      [customFetch]: (address, { signal }) => this.fetch(new URL(address), signal),
    });
  }

  /** @throws when there are no keys and none can be fetched */
  async current(): Promise<readonly KeyObject[]> {
    // Not `fresh` of the library: it counts the keys as new after the clock was set back.
    if (elapsedSince(this.fetchedAt) >= this.limits.maxAgeMs) await this.reload(this.limits.retryEveryMs);
    return this.keys;
  }

  /** The keys after another fetch, or null when it is too early for one, or it failed. */
  async renewed(): Promise<readonly KeyObject[] | null> {
    try {
      await this.reload(this.limits.refetchEveryMs);
      return this.keys;
    } catch {
      return null;
    }
  }

  /** Shares one fetch between concurrent callers. @throws when the last attempt was less than `everyMs` ago */
  private async reload(everyMs: number): Promise<void> {
    if (!this.remote.reloading) {
      if (elapsedSince(this.attemptedAt) < everyMs)
        throw new Error('the keys of fal were fetched a moment ago');
      this.attemptedAt = Date.now();
    }
    await this.remote.reload();
  }

  private async fetch(url: URL, signal: AbortSignal): Promise<Response> {
    const { maxBytes } = this.limits;
    const headers = { accept: 'application/json' };
    const { status, body } = await exchange({ url, method: 'GET', headers, body: null, signal, maxBytes });
    if (status !== 200) throw new Error(`the key set of fal answered ${status}`);
    const keys = readKeys(JSON.parse(body.toString()), this.limits.maxKeys);
    if (keys.length === 0) throw new Error('the key set of fal has no key');
    this.keys = keys;
    this.fetchedAt = Date.now();
    return Response.json({ keys: keys.map((key) => key.export({ format: 'jwk' })) });
  }
}

/** Milliseconds; a clock that was set back counts as elapsed time. */
const elapsedSince = (moment: number): number => Math.abs(Date.now() - moment);

/** The first `most` usable keys. */
function readKeys(set: unknown, most: number): KeyObject[] {
  const entries = fieldOf(set, 'keys');
  return Array.isArray(entries) ? entries.flatMap(readKey).slice(0, most) : [];
}

/** An Ed25519 key, or an empty list: a set may contain other keys. */
function readKey(entry: unknown): KeyObject[] {
  const [kty, crv, x] = ['kty', 'crv', 'x'].map((name) => fieldOf(entry, name));
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(x))
    return [];
  try {
    return [createPublicKey({ key: { kty, crv, x }, format: 'jwk' })];
  } catch {
    return [];
  }
}
