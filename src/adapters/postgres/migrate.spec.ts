import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Secret } from '../../../config/values/secret.js';
import { templateHome } from '../../../test/support/database/template-home.js';
import { until } from '../../../test/support/process/wait-until.js';
import { advisoryLocks } from '../../database/advisory-locks.js';
import { PostgresCluster } from '../embedded/postgres/postgres-cluster.js';
import { migrate } from './migrate.js';
import { readMigrations, type Migration } from './migration-files.js';

const budget = { waitMs: 100, tries: 3, pauseMs: 300 };

describe('migrate', () => {
  const home = templateHome();
  let cluster: PostgresCluster;
  let client: pg.Client;
  let present: Migration[];
  beforeAll(async () => {
    cluster = await PostgresCluster.open(home);
    client = await connect();
    present = readMigrations();
    await run(present);
    await client.query('create table velro.probe (id int)');
  });
  afterAll(async () => {
    await client.end();
    await cluster.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const connect = async (): Promise<pg.Client> => {
    // A select that waits behind a migration fails this test, and does not hang it.
    const one = new pg.Client({ connectionString: cluster.ownerUrl, statement_timeout: 5000 });
    await one.connect();
    return one;
  };
  const run = (migrations: Migration[]): Promise<string[]> =>
    migrate(
      { ownerUrl: new Secret(cluster.ownerUrl), appUrl: new Secret(cluster.appUrl) },
      migrations,
      budget,
    );
  let number = 0;
  const next = (sql: string): Migration => ({
    version: `209901010000${String(number++).padStart(2, '0')}`,
    name: 'probe',
    sql,
  });
  const hashes = async (version: string): Promise<unknown[]> =>
    (
      await client.query('select hash from supabase_migrations.schema_migrations where version = $1', [
        version,
      ])
    ).rows;

  it('behind an idle reader gives up within its budget, changes nothing, and lets selects through meanwhile', async () => {
    const reader = await connect();
    await reader.query('begin; select from velro.probe');
    try {
      const blocked = next('create table velro.half (id int); alter table velro.probe add column a int');
      const migrating = run([...present, blocked]).catch((error: unknown) => error);
      let longest = 0;
      for (let times = 0; times < 20; times++) {
        const began = performance.now();
        await client.query('select from velro.probe');
        longest = Math.max(longest, performance.now() - began);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(await migrating).toMatchObject({
        name: 'MigrationError',
        message: expect.stringContaining('did not get its lock in 3 tries of 100 ms, and changed nothing'),
      });
      expect(longest).toBeLessThan(2000);
      expect(await hashes(blocked.version)).toEqual([]);
      expect((await client.query("select to_regclass('velro.half') as half")).rows).toEqual([{ half: null }]);

      const later = run([...present, blocked]);
      setTimeout(() => void reader.query('commit'), 250);
      expect(await later).toEqual([blocked.version]);
    } finally {
      await reader.end();
    }
  });

  it('of two deploys at once waits its turn, also for an index that is made concurrently', async () => {
    const index = next('create index concurrently if not exists twice on velro.generations (model_id)');
    const both = await Promise.all([run([...present, index]), run([...present, index])]);
    expect(both.toSorted((a, b) => a.length - b.length)).toEqual([[], [index.version]]);
  });

  it('waits for its turn without a statement, whose snapshot an index that is made concurrently would wait for', async () => {
    const other = await connect();
    await other.query('select pg_advisory_lock($1)', [advisoryLocks.migration]);
    const waiting = run(present);
    const isAsking = async (): Promise<boolean> => {
      const { rowCount } = await client.query(
        "select from pg_stat_activity where application_name = 'velro-migrate' and query like '%advisory_lock%' and state = 'idle' and backend_xmin is null",
      );
      return rowCount === 1;
    };
    try {
      await until(isAsking, 'a deploy between two questions');
    } finally {
      await other.end();
    }
    expect(await waiting).toEqual([]);
  });

  it('behind a transaction that holds a table of the queue gives up within its budget', async () => {
    const holder = await connect();
    await holder.query('begin; lock table pgboss.queue in access exclusive mode');
    try {
      await expect(run(present)).rejects.toThrow(
        'the schema of the queue did not get its lock in 3 tries of 100 ms, and changed nothing',
      );
      const later = run(present);
      setTimeout(() => void holder.query('commit'), 250);
      expect(await later).toEqual([]);
    } finally {
      await holder.end();
    }
  });

  it('refuses an applied migration whose file was changed, and applies nothing beside it', async () => {
    const [made, fresh] = [next('select 1'), next('create table velro.fresh (id int)')];
    expect(await run([...present, made])).toEqual([made.version]);
    expect(await run([...present, { ...made, sql: 'select 1' }])).toEqual([]);
    const changed = run([...present, { ...made, sql: 'select 2' }, fresh]);
    await expect(changed).rejects.toThrow(`migration ${made.version}_probe was changed after it was applied`);
    expect(await hashes(fresh.version)).toEqual([]);
  });

  it('takes both ends of line for the same file', async () => {
    const made = next('select 1;\nselect 2;\n');
    await run([...present, made]);
    expect(await run([...present, { ...made, sql: 'select 1;\r\nselect 2;\r\n' }])).toEqual([]);
  });

  it('records the hash of what was applied before hashes were', async () => {
    const made = next('select 3');
    await run([...present, made]);
    const known = await hashes(made.version);
    await client.query('update supabase_migrations.schema_migrations set hash = null');
    await run([...present, made]);
    expect(await hashes(made.version)).toEqual(known);
    const rows = await client.query('select from supabase_migrations.schema_migrations where hash is null');
    // Those of the other tests here are not among the files.
    expect(rows.rowCount).toBe(number - 2);
  });

  it('makes an index concurrently outside of a transaction, in place of an invalid one of an interrupted run', async () => {
    const made = next('create unique index concurrently if not exists probe_id on velro.probe (id);');
    await client.query('insert into velro.probe (id) values (1), (1)');
    await expect(run([...present, made])).rejects.toThrow('could not create unique index');
    const isValid = async (): Promise<unknown[]> =>
      (await client.query("select indisvalid from pg_index where indexrelid = 'velro.probe_id'::regclass"))
        .rows;
    expect(await isValid()).toEqual([{ indisvalid: false }]);
    await client.query('delete from velro.probe');
    expect(await run([...present, made])).toEqual([made.version]);
    expect(await isValid()).toEqual([{ indisvalid: true }]);
  });

  it('takes an index made concurrently as it is when a kill came before its record', async () => {
    const made = next('create index concurrently unrecorded on velro.probe (id);');
    const oid = async (): Promise<unknown> =>
      (await client.query("select 'velro.unrecorded'::regclass::oid as oid")).rows;
    expect(await run([...present, made])).toEqual([made.version]);
    const before = await oid();
    await client.query('delete from supabase_migrations.schema_migrations where version = $1', [
      made.version,
    ]);
    expect(await run([...present, made])).toEqual([made.version]);
    expect(await oid()).toEqual(before);
    expect(await run([...present, made])).toEqual([]);
  });
});
