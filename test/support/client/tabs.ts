import type { Locks } from '../../../client/src/session/refresh-lock.js';
import type { StoredTokens } from '../../../client/src/index.js';

/** Web Storage of one origin, as several tabs see it. */
export class SharedStorage {
  private readonly values = new Map<string, string>();

  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.values.set(key, value);
  }
}

/** Web Locks of one origin: exclusive, in the order of the requests. */
export class TabLocks implements Locks {
  readonly granted: string[] = [];
  private readonly last = new Map<string, Promise<unknown>>();

  async request(name: string, work: () => Promise<StoredTokens>): Promise<StoredTokens> {
    const before = this.last.get(name) ?? Promise.resolve();
    const mine = before
      .catch(() => undefined)
      .then(() => {
        this.granted.push(name);
        return work();
      });
    this.last.set(name, mine);
    return mine;
  }
}
