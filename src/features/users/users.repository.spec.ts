import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { noEntry } from '../../../test/support/database/audit-log.js';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import type { PostgresDatabase } from '../../adapters/postgres/postgres-database.js';
import { UsersRepository } from './users.repository.js';

describe('the account of an identity', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let users: UsersRepository;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    users = new UsersRepository(database);
  });
  afterAll(() => stage.stop());

  const add = (id: string, pseudonyms: readonly Buffer[]) =>
    database.transaction((tx) =>
      users.add(tx, { id, email: `${id}@example.com` }, null, { pseudonyms, audited: noEntry }),
    );
  const exists = async (id: string): Promise<boolean> => (await users.find(id)) !== null;

  it('is added once', async () => {
    const id = randomUUID();
    expect([await add(id, []), await add(id, [])]).toEqual([true, false]);
    expect(await exists(id)).toBe(true);
  });

  it('is not added while it is erased', async () => {
    const id = randomUUID();
    await sql`insert into velro.account_deletions (user_id, due_at, work_at, stage) values (${id}, now(), now(), 'checking')`.execute(
      database.query,
    );
    expect([await add(id, []), await exists(id)]).toEqual([false, false]);
  });

  it('is not added when it was erased, under the key of before a rotation too', async () => {
    const [id, present, earlier] = [randomUUID(), Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    await sql`insert into velro.erased_accounts (pseudonym) values (${earlier})`.execute(database.query);
    expect([await add(id, [present, earlier]), await exists(id)]).toEqual([false, false]);
    expect(await add(id, [present])).toBe(true);
  });
});
