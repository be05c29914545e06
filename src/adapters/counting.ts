import type { Config } from '../../config/config.js';
import type { Clock } from '../ports/clock.js';
import { type CounterHealth, type Counters } from '../ports/counters.js';
import type { PeerCertificates } from '../observability/peer-certificates.js';
import type { Database } from '../database/database.js';
import { FallbackCounters } from './fallback-counters.js';
import { MemoryCounters } from './memory/memory-counters.js';
import { PostgresCounters } from './postgres/postgres-counters.js';

/** The counters of this process. */
export interface Counting {
  readonly counters: Counters;
  readonly health: CounterHealth;
  /** Never rejects, and does not wait for unavailable counters. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** What counting needs of its process. */
interface CountingServices {
  readonly database: Database;
  readonly clock: Clock;
  readonly certificates: PeerCertificates;
}

/** Redis where configured, which loads its client, with the database and memory as fallback; else memory, for a single instance. */
export async function createCounting(
  { redisUrl, server }: Pick<Config, 'redisUrl' | 'server'>,
  { database, clock, certificates }: CountingServices,
  trouble: (what: string) => (cause: unknown) => void,
): Promise<Counting> {
  const own = new MemoryCounters(clock);
  if (redisUrl === null) {
    const health = { isUp: () => true, listen: () => undefined };
    return { counters: own, health, open: () => Promise.resolve(), close: () => Promise.resolve() };
  }
  const away = trouble('the counters in Redis');
  const { RedisCounters } = await import('./redis/redis-counters.js');
  const shared = new RedisCounters(redisUrl, away, (socket) => {
    certificates.note('redis', socket);
  });
  const exact = new PostgresCounters(database, trouble('the counters in the database'));
  const counters = new FallbackCounters({ shared, exact, own }, server.instances, away);
  return {
    counters,
    health: counters,
    open: async () => {
      exact.open();
      await shared.open();
      await counters.open();
    },
    close: async () => {
      counters.close();
      await exact.close();
      shared.close();
    },
  };
}
