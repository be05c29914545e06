import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { Secret } from '../../config/values/secret.js';
import { MemoryCounters } from '../../src/adapters/memory/memory-counters.js';
import { PostgresCounters } from '../../src/adapters/postgres/postgres-counters.js';
import { RedisCounters } from '../../src/adapters/redis/redis-counters.js';
import type { Counters } from '../../src/ports/counters.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';
import { hasRedis, RedisServer } from '../support/process/redis-server.js';
import { countersContract, type CountersStage } from './counters.js';
import { HandClock } from '../support/clock/hand-clock.js';

/** For counters on a clock that no test can turn. */
const inRealTime = (counters: Counters): CountersStage => ({
  counters,
  pass: async (ms) => {
    await sleep(ms);
  },
  now: () => performance.now(),
});

describe('counters in memory', () => {
  const clock = new HandClock();
  const stage: CountersStage = {
    counters: new MemoryCounters(clock),
    pass: (ms) => {
      clock.time += ms;
      return Promise.resolve();
    },
    now: () => clock.time,
  };
  countersContract('memory', () => stage);
});

(hasRedis ? describe : describe.skip)('counters in Redis', () => {
  let server: RedisServer;
  let counters: RedisCounters;
  beforeAll(async () => {
    server = await RedisServer.start();
    counters = new RedisCounters(new Secret(server.url), () => undefined);
    await counters.open();
  });
  afterAll(async () => {
    counters.close();
    await server.stop();
  });
  countersContract('Redis', () => inRealTime(counters));
});

describe('counters in the database', () => {
  let database: MigratedDatabase;
  let counters: PostgresCounters;
  beforeAll(async () => {
    database = await MigratedDatabase.start();
    counters = new PostgresCounters(database.connect(), () => undefined);
  });
  afterAll(async () => {
    await database.stop();
  });
  countersContract('PostgreSQL', () => inRealTime(counters));
});
