import { newKey } from '../calls/new-key.js';
import { VelroError } from '../errors.js';
import { GuardedStore } from './guarded-store.js';
import { refreshOnce, type Locks } from './refresh-lock.js';
import type { StoredTokens, TokenChange, TokenStore } from './token-store.js';

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

/** The tokens of whoever is signed in, and their renewal. All of it throws VelroStoreError where the store cannot be read. */
export class Session {
  private readonly options: SessionOptions;
  private readonly tokens: GuardedStore;
  /** Whether there was a session when this client looked last. */
  private isKnown = false;
  /** Counts the changes by this client: what was read before one says nothing after it. */
  private changes = 0;

  constructor(options: SessionOptions) {
    this.options = options;
    this.tokens = new GuardedStore(options.store, options.locks);
  }

  /** The tokens as they are kept. Tells the page where the session has gone: signed out in another tab, or by another client. */
  async present(): Promise<StoredTokens> {
    const { changes } = this;
    const tokens = await this.tokens.read();
    if (changes !== this.changes) return tokens;
    const hasEnded = this.isKnown && !isSession(tokens);
    this.isKnown = isSession(tokens);
    if (hasEnded) this.options.onSignedOut(null);
    return tokens;
  }

  /** The tokens for a call, renewed where they have expired; without an access token where nobody is signed in. */
  async forCall(): Promise<StoredTokens> {
    const tokens = await this.present();
    const { expires_at: expiresAt = Infinity } = tokens;
    if (Date.now() < expiresAt || tokens.refresh_token === undefined) return tokens;
    return this.renew(tokens.access_token);
  }

  /**
   * Replaces the pair whose access token is `stale`, unless that has been done already, here or in another tab.
   * @throws VelroError when the service refuses: the session has ended. Anything else leaves it as it is.
   */
  async renew(stale: string | undefined): Promise<StoredTokens> {
    const { store, locks } = this.options;
    return refreshOnce(store, locks, async () => {
      const present = await this.present();
      if (present.access_token !== stale || present.refresh_token === undefined) return present;
      return this.exchange(present, present.refresh_token);
    });
  }

  /** Renews the pair now. @throws VelroError when there is no session, or no more */
  async refresh(): Promise<void> {
    const before = await this.present();
    const after = before.refresh_token === undefined ? {} : await this.renew(before.access_token);
    if (!isSession(after)) throw notSignedIn();
  }

  private async exchange(used: StoredTokens, refreshToken: string): Promise<StoredTokens> {
    const answer = await this.options.exchange(refreshToken);
    const refusal = answer instanceof Error ? answer : null;
    let isRefused = false as boolean;
    const after = await this.change((present) => {
      // Signed out or signed in anew meanwhile: what belongs to the former session must not replace that.
      const isSame = present.refresh_token === refreshToken;
      isRefused = isSame && refusal !== null;
      if (!isSame) return present;
      if (refusal !== null) return deviceOf(present);
      const next = { ...present, ...readTokens(answer) };
      // A step-up meanwhile: its access token can do more than the one of the refresh.
      const isSteppedUp = present.access_token !== used.access_token;
      return isSteppedUp ? { ...present, ...refreshTokenOf(next) } : next;
    }, refusal);
    if (isRefused && refusal !== null) throw refusal;
    return after;
  }

  /**
   * Keeps the tokens that an answer brings, if it brings any. `sent`: with which tokens it was asked for: where their session has
   * been replaced meanwhile, the answer is not kept. Null: it was a sign-in, which begins a session.
   */
  async keep(answer: unknown, sent: StoredTokens | null): Promise<void> {
    const brought = readTokens(answer);
    if (brought === null) return;
    const session = newKey();
    await this.change((present) => {
      if (sent === null) return { ...deviceOf(present), ...brought, session };
      return isSameSession(present, sent) ? { ...present, ...brought } : present;
    });
  }

  /** Forgets the tokens of this session, after a sign-out; the device stays known. */
  async clear(sent: StoredTokens): Promise<void> {
    await this.change((present) => (isSameSession(present, sent) ? deviceOf(present) : present));
  }

  private async change(change: TokenChange, cause: VelroError | null = null): Promise<StoredTokens> {
    let hasEnded = false as boolean;
    const after = await this.tokens.update((present) => {
      const next = change(present);
      hasEnded = isSession(present) && !isSession(next);
      // Here already: calls that see the change before it is complete must not tell of it as well.
      if (hasEnded) this.isKnown = false;
      this.changes++;
      return next;
    });
    this.changes++;
    this.isKnown = isSession(after);
    if (hasEnded) this.options.onSignedOut(cause);
    return after;
  }
}

const isSession = ({ access_token: token }: StoredTokens): boolean => token !== undefined;

const isSameSession = (one: StoredTokens, other: StoredTokens): boolean =>
  isSession(one) === isSession(other) && one.session === other.session;

const deviceOf = ({ device_token: device }: StoredTokens): StoredTokens =>
  device === undefined ? {} : { device_token: device };

const refreshTokenOf = ({ refresh_token: token }: StoredTokens): StoredTokens =>
  token === undefined ? {} : { refresh_token: token };

const notSignedIn = (): VelroError =>
  new VelroError(
    { status: 401, requestId: null, retryAt: null, refusesRetry: false },
    { code: 'token_missing', title: 'Not signed in', detail: 'nobody is signed in', errors: [] },
  );

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
