import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from '../../config/values/secret.js';
import { FallbackThreatScores } from '../../src/adapters/fallback-threat-scores.js';
import { PostgresThreatScores } from '../../src/adapters/postgres/postgres-threat-scores.js';
import { RedisThreatScores } from '../../src/adapters/redis/redis-threat-scores.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';
import { hasRedis, RedisServer } from '../support/process/redis-server.js';
import { until } from '../support/process/wait-until.js';
import { threatScoresContract } from './threat-scores.js';

describe('threat scores in the database', () => {
  let database: MigratedDatabase;
  let scores: PostgresThreatScores;
  beforeAll(async () => {
    database = await MigratedDatabase.start();
    scores = new PostgresThreatScores(database.connect(), () => undefined);
  });
  afterAll(async () => {
    await database.stop();
  });
  threatScoresContract('PostgreSQL', () => scores);
});

(hasRedis ? describe : describe.skip)('threat scores in Redis', () => {
  let server: RedisServer;
  let scores: RedisThreatScores;
  beforeAll(async () => {
    server = await RedisServer.start();
    scores = new RedisThreatScores(new Secret(server.url), () => undefined);
    scores.open();
    await until(
      () =>
        scores.announced().then(
          () => true,
          () => false,
        ),
      'the connection',
    );
  });
  afterAll(async () => {
    scores.close();
    await server.stop();
  });
  threatScoresContract('Redis', () => scores);
});

(hasRedis ? describe : describe.skip)('threat scores while Redis is away', () => {
  it('are those of the database', async () => {
    const database = await MigratedDatabase.start();
    const troubles: unknown[] = [];
    const exact = new PostgresThreatScores(database.connect(), () => undefined);
    const shared = new RedisThreatScores(new Secret('redis://127.0.0.1:1'), () => undefined);
    const scores = new FallbackThreatScores(shared, exact, (error) => troubles.push(error));
    const seen = { subject: 'a 192.0.2.1', hard: [0, 21, 0, 0, 0], soft: [0, 0, 0, 0, 0], recent: [] };
    await scores.add([seen]);
    const [sum] = await scores.add([seen]);
    expect(sum?.hard.map(Math.round)).toEqual([0, 42, 0, 0, 0]);
    expect(troubles).toHaveLength(2);
    await scores.forget([seen.subject]);
    shared.close();
    await database.stop();
  });
});
