import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { JobsRepository } from '../../src/features/generations/jobs/jobs.repository.js';
import type { Database } from '../../src/database/database.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';
import { loadRows } from '../support/load/load-size.js';

const waiting = loadRows(20_000);

/** As it is while the provider is away for long, or switched off. */
describe('a queue with many jobs', () => {
  let stage: MigratedDatabase;
  let database: Database;
  let jobs: JobsRepository;
  const owner = randomUUID();
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    jobs = new JobsRepository(
      database,
      { announce: () => undefined },
      {
        generation: { provider: 'canvas' },
        privacy: { controller: null, contact: null, requireAiConsent: false },
      },
    );
    await sql`insert into velro.users (id, email) values (${owner}, 'ada@example.com')`.execute(
      database.query,
    );
    // In parts: a statement may take less than a second.
    for (let at = 0; at < waiting; at += 1000) await add(1000, 'queued', 3600);
    await stage.analyze();
  });
  afterAll(async () => {
    await stage.stop();
  });

  /** `deadlineSeconds`: from now. All are due. */
  const add = async (count: number, status: string, deadlineSeconds: number): Promise<void> => {
    await sql`
      insert into velro.generations (id, user_id, status, model_id, prompt, credits_cost, deadline_at)
      select uuidv7(), ${owner}, ${status}, 'a model', 'waves', 0, now() + ${deadlineSeconds} * interval '1 second'
      from generate_series(1, ${count}::int)`.execute(database.query);
  };

  /** Rows of the table that were read so far. One connection serves them all, for nothing is asked at the same time. */
  const rowsRead = async (): Promise<number> => {
    await sql`select pg_stat_force_next_flush()`.execute(database.query);
    const { rows } = await sql<{ count: string }>`
      select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as count from pg_stat_user_tables
      where schemaname = 'velro' and relname = 'generations'`.execute(database.query);
    return Number(rows[0]?.count);
  };

  it('is not scanned to find submitted jobs and those past their deadline', async () => {
    await add(3, 'processing', 600);
    await add(4, 'queued', 0);
    const before = await rowsRead();
    const taken = await jobs.takeDue(8);
    expect(taken.map(({ status }) => status).sort()).toEqual(
      [...Array<string>(3).fill('processing'), ...Array<string>(4).fill('queued')].sort(),
    );
    expect((await rowsRead()) - before).toBeLessThan(waiting / 20);
  });

  it('is not scanned to find the next job', async () => {
    const before = await rowsRead();
    expect(await jobs.takeQueued(16)).toHaveLength(16);
    expect((await rowsRead()) - before).toBeLessThan(waiting / 20);
  });

  it('returns no more than the limit, of both kinds together', async () => {
    await add(9, 'processing', 600);
    await add(9, 'queued', 0);
    expect(await jobs.takeDue(8)).toHaveLength(8);
  });
});
