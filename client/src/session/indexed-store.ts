import type { StoredTokens, TokenChange, TokenStore } from './token-store.js';

/** The part of IndexedDB that is used. */
type Handler = ((event: never) => void) | null;
interface Request<T> {
  readonly result: T;
  readonly error: Error | null;
  onsuccess: Handler;
  onerror: Handler;
}
interface OpenRequest extends Request<Database> {
  onupgradeneeded: Handler;
  onblocked: Handler;
}
interface Transaction {
  readonly error: Error | null;
  objectStore(name: string): {
    get(key: string): Request<unknown>;
    put(value: unknown, key: string): Request<unknown>;
  };
  oncomplete: Handler;
  onabort: Handler;
  abort(): void;
}
interface Database {
  readonly version: number;
  readonly objectStoreNames: { contains(name: string): boolean };
  onversionchange: Handler;
  createObjectStore(name: string): unknown;
  transaction(name: string, mode: 'readonly' | 'readwrite'): Transaction;
  close(): void;
}
export interface DatabaseFactory {
  open(name: string, version?: number): OpenRequest;
}

const objects = 'tokens';

/** Opens the database, in this version or in the one that it has. Rejects where another page keeps it from being changed. */
const opened = (request: OpenRequest): Promise<Database> =>
  new Promise((resolve, reject) => {
    let isGivenUp = false;
    request.onupgradeneeded = () => {
      if (!request.result.objectStoreNames.contains(objects)) request.result.createObjectStore(objects);
    };
    request.onblocked = () => {
      isGivenUp = true;
      reject(new Error('another page holds the database open'));
    };
    request.onerror = () => {
      reject(request.error ?? new Error('the database cannot be opened'));
    };
    request.onsuccess = () => {
      const database = request.result;
      database.onversionchange = () => {
        database.close();
      };
      if (isGivenUp) database.close();
      else resolve(database);
    };
  });

async function open(factory: DatabaseFactory, name: string): Promise<Database> {
  // Without a version: whatever the page has made of the database is opened.
  const database = await opened(factory.open(name));
  if (database.objectStoreNames.contains(objects)) return database;
  const next = database.version + 1;
  database.close();
  return opened(factory.open(name, next));
}

/**
 * Keeps tokens in IndexedDB, shared by all tabs of the origin: what one has written, the next one reads. In `localStorage` a
 * tab may still see the former value for a moment. A script that runs in the page can read them there.
 * @param name of the database, and of the tokens in it
 */
export function indexedStore(factory: DatabaseFactory, name = 'velro-tokens'): TokenStore {
  /** Reads the tokens, and changes them in the same transaction. */
  const within = async (mode: 'readonly' | 'readwrite', change: TokenChange): Promise<StoredTokens> => {
    const database = await open(factory, name);
    try {
      return await changed(database.transaction(objects, mode), name, change);
    } finally {
      database.close();
    }
  };
  return {
    lockName: `velro:${name}`,
    read: () => within('readonly', (present) => present),
    write: async (tokens) => {
      await within('readwrite', () => tokens);
    },
    update: (change) => within('readwrite', change),
  };
}

const changed = (transaction: Transaction, key: string, change: TokenChange): Promise<StoredTokens> =>
  new Promise((resolve, reject) => {
    const store = transaction.objectStore(objects);
    const request = store.get(key);
    let after: StoredTokens = {};
    request.onsuccess = () => {
      try {
        const value = request.result;
        const present: StoredTokens = typeof value === 'object' && value !== null ? value : {};
        after = change(present);
        if (after !== present) store.put({ ...after }, key);
      } catch (error) {
        reject(new Error('the change of the tokens failed', { cause: error }));
        transaction.abort();
      }
    };
    // Only a transaction that is complete is seen by the other tabs.
    transaction.oncomplete = () => {
      resolve(after);
    };
    transaction.onabort = () => {
      reject(transaction.error ?? new Error('the tokens cannot be kept'));
    };
  });
