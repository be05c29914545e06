import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queueLooks } from '../../../config/policy/operations/queues.js';
import { Secret } from '../../../config/values/secret.js';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import { until } from '../../../test/support/process/wait-until.js';
import type { PostgresDatabase } from '../postgres/postgres-database.js';
import { PgBossQueue } from './pg-boss-queue.js';

describe('the job queue', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let queue: PgBossQueue;
  const troubles: unknown[] = [];
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    queue = new PgBossQueue(new Secret(stage.appUrl), (cause) => troubles.push(cause));
    await queue.open();
  });
  afterAll(async () => {
    await queue.close();
    await stage.stop();
  });

  const enqueue = async (name: string, ids: readonly string[]): Promise<void> => {
    await database.transaction(async (tx) => {
      for (const id of ids) await queue.enqueue(tx, name, id);
    });
  };
  /** Well below the time until a queue is looked at by itself. */
  const soonMs = queueLooks.whileNotifiedSeconds * 500;

  it('does the jobs that wait one after the other, without a pause between them', async () => {
    const ids = Array.from({ length: 30 }, () => randomUUID());
    await enqueue('notice', ids);
    const done: string[] = [];
    let running = 0;
    let most = 0;
    await queue.work('notice', 1, async ({ id }) => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      done.push(id);
    });
    await until(() => done.length === ids.length, 'the end of every job', soonMs);
    expect(done.toSorted()).toEqual(ids.toSorted());
    expect(most).toBe(1);
  });

  it('does as many jobs at a time as it may', async () => {
    const ids = Array.from({ length: 6 }, () => randomUUID());
    await enqueue('email_change', ids);
    const begun: string[] = [];
    const gate = Promise.withResolvers<undefined>();
    await queue.work('email_change', 3, async ({ id }) => {
      begun.push(id);
      await gate.promise;
    });
    await until(() => begun.length === 3, 'three jobs', soonMs);
    gate.resolve(undefined);
    await until(() => begun.length === ids.length, 'the others', soonMs);
    expect(begun.toSorted()).toEqual(ids.toSorted());
  });

  it('does a failed job again when it is due, of which nothing notifies', async () => {
    const [failing, other] = [randomUUID(), randomUUID()];
    const tries: string[] = [];
    await queue.work('project_removal', 1, ({ id }) => {
      tries.push(id);
      return tries.length === 1 ? Promise.reject(new Error('not now')) : Promise.resolve();
    });
    await enqueue('project_removal', [failing]);
    await until(() => tries.length === 2, 'the second attempt', soonMs);
    await enqueue('project_removal', [other]);
    await until(() => tries.length === 3, 'the other job', soonMs);
    expect(tries).toEqual([failing, failing, other]);
    expect(troubles).toEqual([]);
  });
});
