import type pg from 'pg';
import { isReadTimeout } from '../../errors/database-failure.js';

/**
 * Connections on which a statement's answer is still to come. Such a one is closed when it is released: a `begin` that is carried
 * out late would put the statements of the next request into a transaction that nobody commits.
 */
export class AbandonedClients {
  private readonly abandoned = new WeakSet<pg.ClientBase>();

  /** Once for each new connection of a pool. */
  watch(client: pg.PoolClient): void {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const watched = (...args: unknown[]): unknown => {
      const answer = query(...args);
      if (answer instanceof Promise)
        answer.catch((error: unknown) => {
          if (isReadTimeout(error)) this.abandoned.add(client);
        });
      return answer;
    };
    Object.assign(client, { query: watched });
  }

  /** At each checkout: the pool gives the client a new `release` each time. */
  closeAtRelease(client: pg.PoolClient): pg.PoolClient {
    const release = client.release.bind(client);
    client.release = (reason) => {
      release(this.abandoned.has(client) ? true : reason);
    };
    return client;
  }
}
