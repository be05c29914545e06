import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import { databaseLimits } from '../../../config/policy/operations/database.js';
import { Secret } from '../../../config/values/secret.js';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import { until } from '../../../test/support/process/wait-until.js';
import { PostgresDatabase } from './postgres-database.js';

/** Waits without letting the process read what has come, as one does that got no processor. */
const standStill = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

describe('a connection whose driver has stopped waiting for `begin`', () => {
  let stage: MigratedDatabase;
  let other: pg.Client;
  let database: PostgresDatabase;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    other = new pg.Client({ connectionString: stage.appUrl });
    await other.connect();
  });
  afterAll(async () => {
    await other.end();
    await stage.stop();
  });
  beforeEach(async () => {
    database = new PostgresDatabase(new Secret(stage.appUrl), () => undefined, {
      ...databaseLimits,
      poolSize: 1,
    });
    await database.ping();
  });
  afterEach(async () => {
    await database.close();
  });

  const backend = async (): Promise<number> => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database.query);
    return rows[0]?.pid ?? 0;
  };
  const transactions = async (): Promise<number> => {
    const { rows } = await other.query(
      "select 1 from pg_stat_activity where application_name = 'velro' and state like 'idle in transaction%'",
    );
    return rows.length;
  };
  const expectAcknowledgedIsKept = async (email: string): Promise<void> => {
    await sql`insert into velro.users (id, email) values (gen_random_uuid(), ${email})`.execute(
      database.query,
    );
    const { rows } = await other.query('select 1 from velro.users where email = $1', [email]);
    expect(rows).toHaveLength(1);
    await until(async () => (await transactions()) === 0, 'the end of the transaction that nobody uses');
  };
  const begin = () => database.transaction(() => Promise.resolve('done'));

  it('is used no more where the server stood still and goes on', async () => {
    const pid = await backend();
    process.kill(pid, 'SIGSTOP');
    try {
      await expect(begin()).rejects.toThrow('Query read timeout');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await expectAcknowledgedIsKept('server@example.com');
    expect(await backend()).not.toBe(pid);
  });

  it('is used no more where this process itself stood still', async () => {
    const pid = await backend();
    const begun = begin();
    // By then the statement is written.
    await new Promise((resolve) => setImmediate(resolve));
    standStill(databaseLimits.statementTimeoutMs + 400);
    // Node looks at its timers before it reads the answer that lies there.
    await expect(begun).rejects.toThrow('Query read timeout');
    await expectAcknowledgedIsKept('pause@example.com');
    expect(await backend()).not.toBe(pid);
  });
});

describe('the connections of an instance', () => {
  let stage: MigratedDatabase;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
  });
  afterAll(() => stage.stop());

  it('are open before its first request, with the one that no request uses', async () => {
    const database = new PostgresDatabase(new Secret(stage.appUrl), () => undefined);
    await database.warm();
    expect(database.connections()).toEqual({ busy: 0, idle: databaseLimits.poolSize, waiting: 0 });
    const { rows } = await sql<{ count: string }>`
      select count(*) from pg_stat_activity where application_name = 'velro'`.execute(database.query);
    expect(Number(rows[0]?.count)).toBe(databaseLimits.poolSize + 1);
    await database.close();
    const other = new pg.Client({ connectionString: stage.appUrl });
    await other.connect();
    const open = async () =>
      (await other.query("select 1 from pg_stat_activity where application_name = 'velro'")).rows.length;
    await until(async () => (await open()) === 0, 'the end of every connection');
    await other.end();
  });

  it('are left to the first request where the database cannot be reached', async () => {
    const database = new PostgresDatabase(
      new Secret('postgres://velro_app:none@127.0.0.1:9/velro'),
      () => undefined,
    );
    await database.warm();
    expect(database.connections()).toEqual({ busy: 0, idle: 0, waiting: 0 });
    await database.close();
  });
});
