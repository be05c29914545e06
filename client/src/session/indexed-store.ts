import type { TokenStore } from './token-store.js';

/** The part of IndexedDB that is used. */
interface Request<T> {
  readonly result: T;
  readonly error: Error | null;
  onsuccess: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}
interface Transaction {
  readonly error: Error | null;
  objectStore(name: string): {
    get(key: string): Request<unknown>;
    put(value: unknown, key: string): Request<unknown>;
  };
  oncomplete: ((event: never) => void) | null;
  onabort: ((event: never) => void) | null;
}
interface Database {
  createObjectStore(name: string): unknown;
  transaction(name: string, mode: 'readonly' | 'readwrite'): Transaction;
  close(): void;
}
export interface DatabaseFactory {
  open(
    name: string,
    version: number,
  ): Request<Database> & { onupgradeneeded: ((event: never) => void) | null };
}

const objects = 'tokens';

/** Resolves with what a request found. */
const found = <T>(request: Request<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('the tokens cannot be read'));
    };
  });

/**
 * Keeps tokens in IndexedDB, shared by all tabs of the origin: what one has written, the next one reads. In `localStorage` a
 * tab may still see the former value for a moment. A script that runs in the page can read them there.
 */
export function indexedStore(factory: DatabaseFactory, key = 'velro'): TokenStore {
  const open = (): Promise<Database> => {
    const request = factory.open(key, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(objects);
    return found(request);
  };
  const within = async <T>(
    mode: 'readonly' | 'readwrite',
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> => {
    const database = await open();
    try {
      return await work(database.transaction(objects, mode));
    } finally {
      database.close();
    }
  };
  return {
    lockName: `velro:${key}`,
    read: () =>
      within('readonly', async (transaction) => {
        const value = await found(transaction.objectStore(objects).get(key));
        return typeof value === 'object' && value !== null ? value : {};
      }),
    write: (tokens) =>
      within(
        'readwrite',
        (transaction) =>
          new Promise<void>((resolve, reject) => {
            // Only a transaction that is complete is seen by the other tabs.
            transaction.oncomplete = () => {
              resolve();
            };
            transaction.onabort = () => {
              reject(transaction.error ?? new Error('the tokens cannot be kept'));
            };
            transaction.objectStore(objects).put({ ...tokens }, key);
          }),
      ),
  };
}
