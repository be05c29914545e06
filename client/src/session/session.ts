import type { VelroError } from '../errors.js';
import { refreshOnce, type Locks } from './refresh-lock.js';
import type { StoredTokens, TokenStore } from './token-store.js';

export interface SessionOptions {
  readonly store: TokenStore;
  readonly locks: Locks | null;
  /**
   * Exchanges a refresh token. Resolves with the body of the answer; with a VelroError where the service refused the token itself;
   * rejects when there was no decision.
   */
  readonly exchange: (refreshToken: string) => Promise<Readonly<Record<string, unknown>> | VelroError>;
  /** `cause`: why the session ended; null after a sign-out. */
  readonly onSignedOut: (cause: VelroError | null) => void;
}

/** The tokens of whoever is signed in, and their renewal. */
export class Session {
  private readonly options: SessionOptions;

  constructor(options: SessionOptions) {
    this.options = options;
  }

  /** The access token for a call, renewed where it has expired; undefined where nobody is signed in. */
  async accessToken(): Promise<string | undefined> {
    const tokens = await this.options.store.read();
    const { access_token: token, expires_at: expiresAt = Infinity } = tokens;
    if (Date.now() < expiresAt || tokens.refresh_token === undefined) return token;
    return this.renew(token);
  }

  async deviceToken(): Promise<string | undefined> {
    return (await this.options.store.read()).device_token;
  }

  /**
   * Replaces the pair whose access token is `stale`, unless that has been done already, here or in another tab.
   * @throws VelroError when the service refuses: the session has ended. Anything else leaves it as it is.
   */
  async renew(stale: string | undefined): Promise<string | undefined> {
    const { store, locks } = this.options;
    const tokens = await refreshOnce(store, locks, async () => {
      const present = await store.read();
      if (present.access_token !== stale || present.refresh_token === undefined) return present;
      return this.exchange(present, present.refresh_token);
    });
    return tokens.access_token;
  }

  private async exchange(used: StoredTokens, refreshToken: string): Promise<StoredTokens> {
    const answer = await this.options.exchange(refreshToken);
    const present = await this.options.store.read();
    // Signed out or signed in anew meanwhile: what belongs to the former session must not replace that.
    if (present.refresh_token !== used.refresh_token) return present;
    if (!(answer instanceof Error)) return this.keep(answer);
    await this.clear(answer);
    throw answer;
  }

  /** Keeps the tokens that an answer brings, if it brings any. */
  async keep(answer: unknown): Promise<StoredTokens> {
    const { store } = this.options;
    const before = await store.read();
    const brought = readTokens(answer);
    if (brought === null) return before;
    const after = { ...before, ...brought };
    await store.write(after);
    return after;
  }

  /** Forgets the tokens of the session; the device stays known. */
  async clear(cause: VelroError | null): Promise<void> {
    const { store, onSignedOut } = this.options;
    const { device_token: device } = await store.read();
    await store.write(device === undefined ? {} : { device_token: device });
    onSignedOut(cause);
  }
}

const fields = ['access_token', 'refresh_token', 'device_token'] as const;

/** The tokens of an answer: a pair after a sign-in or a refresh, an access token alone after a step-up. */
function readTokens(answer: unknown): StoredTokens | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const values = answer as Readonly<Record<string, unknown>>;
  if (typeof values['access_token'] !== 'string' || typeof values['expires_in'] !== 'number') return null;
  const tokens = Object.fromEntries(
    fields.map((name) => [name, values[name]]).filter(([, value]) => typeof value === 'string'),
  ) as StoredTokens;
  return { ...tokens, expires_at: Date.now() + values['expires_in'] * 1000 };
}
