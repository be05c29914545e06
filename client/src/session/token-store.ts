/** What a client keeps between calls. Without `access_token` nobody is signed in. */
export interface StoredTokens {
  readonly access_token?: string;
  readonly refresh_token?: string;
  /** When the access token expires, by this machine's clock; milliseconds since the epoch. */
  readonly expires_at?: number;
  /** Shows the service that somebody has signed in here before. It outlives the session. */
  readonly device_token?: string;
  /** Names the sign-in that the tokens come from, so that answers to a former one are told apart. The client makes it. */
  readonly session?: string;
}

/** What is kept after a change of what is kept now; the same object where nothing changes. */
export type TokenChange = (present: StoredTokens) => StoredTokens;

type Awaitable<T> = T | Promise<T>;

/** Where tokens are kept. Clients that use the same place share a session. */
export interface TokenStore {
  read(): Awaitable<StoredTokens>;
  write(tokens: StoredTokens): Awaitable<void>;
  /**
   * Changes the tokens in one step, so that nobody else reads or writes in between, and resolves with what is kept then. `change` is
   * called once and writes nothing by itself. A store without it is read and written under a lock.
   */
  update?(change: TokenChange): Awaitable<StoredTokens>;
  /** Where several processes or tabs share the place: the name of the lock under which one of them refreshes. */
  readonly lockName?: string;
}

/** Keeps tokens in this process or page, until it ends. */
export function memoryStore(tokens: StoredTokens = {}): TokenStore {
  let kept = tokens;
  return {
    read: () => kept,
    update: (change) => (kept = change(kept)),
    write: (next) => {
      kept = next;
    },
  };
}

/** The part of Web Storage that is used. */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/**
 * Keeps tokens in `localStorage` (shared by all tabs of the origin) or `sessionStorage` (one tab). A script that runs in the page
 * can read them there. A value that cannot be parsed counts as none. A tab may see what another one has written a moment later:
 * two tabs that refresh at once may then both do so, and the service gives them the same pair.
 */
export function webStore(storage: KeyValueStorage, key = 'velro'): TokenStore {
  const read = (): StoredTokens => {
    const text = storage.getItem(key) ?? '{}';
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === 'object' && value !== null ? value : {};
    } catch {
      return {};
    }
  };
  const write = (tokens: StoredTokens): void => {
    storage.setItem(key, JSON.stringify(tokens));
  };
  return {
    lockName: `velro:${key}`,
    read,
    write,
    update: (change) => {
      const present = read();
      const after = change(present);
      if (after !== present) write(after);
      return after;
    },
  };
}
