import { VelroStoreError } from '../errors.js';
import type { Locks } from './refresh-lock.js';
import type { StoredTokens, TokenChange, TokenStore } from './token-store.js';

/** Time limit of one operation of a store in milliseconds: calls, and the refreshes of all tabs, wait for it. */
const limitMs = 3000;

/** Tokens that could not be written. `base`: what the store held then; null: unknown. */
interface Unsaved {
  readonly base: StoredTokens | null;
  readonly tokens: StoredTokens;
}

/**
 * A store whose operations end in time. What cannot be written is kept in memory, until the store takes a later change, or another
 * tab has changed it.
 */
export class GuardedStore {
  private readonly store: TokenStore;
  private readonly locks: Locks | null;
  private unsaved: Unsaved | null = null;
  private last: StoredTokens | null = null;

  constructor(store: TokenStore, locks: Locks | null) {
    this.store = store;
    this.locks = locks;
  }

  /** @throws VelroStoreError */
  async read(): Promise<StoredTokens> {
    try {
      this.last = await inTime(async () => this.store.read());
      return this.over(this.last);
    } catch (error) {
      if (this.unsaved !== null) return this.unsaved.tokens;
      throw error;
    }
  }

  /** Changes the tokens in one step. Resolves with what is kept then. */
  async update(change: TokenChange): Promise<StoredTokens> {
    const tried: Unsaved[] = [];
    try {
      const after = await inTime(() =>
        updated(this.store, this.locks, (present) => {
          const tokens = change(this.over(present));
          tried.push({ base: present, tokens });
          return tokens;
        }),
      );
      this.unsaved = null;
      return after;
    } catch {
      const before = this.unsaved ?? { base: this.last, tokens: this.last ?? {} };
      this.unsaved = tried.at(-1) ?? { base: before.base, tokens: change(before.tokens) };
      return this.unsaved.tokens;
    }
  }

  /** What counts where the store holds this. */
  private over(present: StoredTokens): StoredTokens {
    if (this.unsaved === null) return present;
    const { base, tokens } = this.unsaved;
    const isUnchanged =
      base === null ||
      (base.access_token === present.access_token && base.refresh_token === present.refresh_token);
    if (!isUnchanged) this.unsaved = null;
    return isUnchanged ? tokens : present;
  }
}

/** @throws VelroStoreError when the work fails, or is not done within the limit */
async function inTime<T>(work: () => T | Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no end of the operation within ${limitMs} ms`));
    }, limitMs);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    throw error instanceof VelroStoreError ? error : new VelroStoreError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The last change of each store that cannot change in one step by itself. */
const queues = new WeakMap<TokenStore, Promise<unknown>>();

/** One change at a time: by the store where it can, else in this process by a queue, and among tabs by a lock of its own. */
async function updated(store: TokenStore, locks: Locks | null, change: TokenChange): Promise<StoredTokens> {
  if (store.update !== undefined) return store.update(change);
  const work = (): Promise<StoredTokens> =>
    inTime(async () => {
      const present = await store.read();
      const after = change(present);
      if (after !== present) await store.write(after);
      return after;
    });
  // Not the lock of the refresh, which is held while the service is asked.
  const locked = (): Promise<StoredTokens> =>
    store.lockName === undefined || locks === null ? work() : locks.request(`${store.lockName}:change`, work);
  const mine = (queues.get(store) ?? Promise.resolve()).catch(() => undefined).then(locked);
  queues.set(store, mine);
  return mine;
}
