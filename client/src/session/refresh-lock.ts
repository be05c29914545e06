import type { StoredTokens, TokenStore } from './token-store.js';

/** The part of `navigator.locks` (Web Locks) that is used. */
export interface Locks {
  request(name: string, work: () => Promise<StoredTokens>): Promise<StoredTokens>;
}

/** The refresh that is under way for a store: clients of one process that share it wait for the same one. */
const running = new WeakMap<TokenStore, Promise<StoredTokens>>();

/**
 * Runs one refresh at a time: in this process by the store, among tabs by the store's lock. Without Web Locks (a page that is
 * not served by https or from localhost) tabs may refresh at once; the service gives them the same pair.
 */
export function refreshOnce(
  store: TokenStore,
  locks: Locks | null,
  work: () => Promise<StoredTokens>,
): Promise<StoredTokens> {
  const known = running.get(store);
  if (known !== undefined) return known;
  const { lockName } = store;
  const started = (lockName === undefined || locks === null ? work() : locks.request(lockName, work)).finally(
    () => running.delete(store),
  );
  running.set(store, started);
  return started;
}

/** The browser's locks. Node has them as well, among its threads; other runtimes may have none. */
export function systemLocks(): Locks | null {
  const { navigator } = globalThis as { navigator?: { locks?: Locks } };
  return navigator?.locks ?? null;
}
