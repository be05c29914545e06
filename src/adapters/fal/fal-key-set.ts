import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Clock } from '../../ports/clock.js';
import { fieldOf } from './fal-json.js';
import { exchange } from './fal-wire.js';

/** How long and how much. All times in milliseconds. */
export interface KeySetLimits {
  readonly fetchTimeoutMs: number;
  /** As fal asks: older keys are not believed any more. */
  readonly maxAgeMs: number;
  /** As fal asks: between two fetches while there are keys. */
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

/** fal's public keys (JWKS, RFC 8037), fetched when they are needed and kept for at most a day. */
export class FalKeySet {
  private kept: { readonly keys: readonly KeyObject[]; readonly at: number } | null = null;
  private triedAt = -Infinity;
  private fetching: Promise<void> | null = null;

  constructor(
    private readonly url: string,
    private readonly clock: Clock,
    private readonly limits = keySetLimits,
  ) {}

  /** @throws when there are none and none can be had */
  async current(): Promise<readonly KeyObject[]> {
    let keys = this.fresh();
    if (keys === null) {
      if (this.fetching === null && !this.mayFetch(this.limits.retryEveryMs))
        throw new Error('the keys of fal were out of reach a moment ago');
      await this.fetchOnce();
      keys = this.fresh();
    }
    if (keys === null) throw new Error('the keys of fal expired');
    return keys;
  }

  /** The keys after another fetch, or null when it is too early for one, or it failed. */
  async renewed(): Promise<readonly KeyObject[] | null> {
    if (this.fetching === null && !this.mayFetch(this.limits.refetchEveryMs)) return null;
    try {
      await this.fetchOnce();
      return this.fresh();
    } catch {
      return null;
    }
  }

  private fresh(): readonly KeyObject[] | null {
    return this.kept !== null && this.since(this.kept.at) < this.limits.maxAgeMs ? this.kept.keys : null;
  }

  private mayFetch(everyMs: number): boolean {
    return this.since(this.triedAt) >= everyMs;
  }

  /** A clock that was set back counts as time gone by. */
  private since(time: number): number {
    return Math.abs(this.clock.now() - time);
  }

  private fetchOnce(): Promise<void> {
    this.fetching ??= this.fetch().finally(() => {
      this.fetching = null;
    });
    return this.fetching;
  }

  private async fetch(): Promise<void> {
    const { fetchTimeoutMs, maxBytes, maxKeys } = this.limits;
    this.triedAt = this.clock.now();
    const { status, body } = await exchange({
      url: new URL(this.url),
      method: 'GET',
      headers: { accept: 'application/json' },
      body: null,
      signal: AbortSignal.timeout(fetchTimeoutMs),
      maxBytes,
    });
    if (status !== 200) throw new Error(`the key set of fal answered ${status}`);
    const entries = fieldOf(JSON.parse(body.toString()), 'keys');
    const keys = (Array.isArray(entries) ? (entries as unknown[]) : []).flatMap(readKey).slice(0, maxKeys);
    if (keys.length === 0) throw new Error('the key set of fal has no key');
    this.kept = { keys, at: this.clock.now() };
  }
}

/** An Ed25519 key, or nothing: a set may carry keys of other kinds. */
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
