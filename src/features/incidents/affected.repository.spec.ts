import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { noEntry } from '../../../test/support/database/audit-log.js';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import { until } from '../../../test/support/process/wait-until.js';
import type { PostgresDatabase } from '../../adapters/postgres/postgres-database.js';
import { UsersRepository } from '../users/users.repository.js';
import { accountsOfEmails, AffectedRepository } from './affected.repository.js';

describe('accounts that an incident touched', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let accounts: AffectedRepository;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    accounts = new AffectedRepository(database);
  });
  afterAll(() => stage.stop());

  it('are found by their e-mail addresses through the index, with the costs of the planner as they are', async () => {
    const names = Array.from({ length: 500 }, (_, at) => `nobody-${at}@example.com`);
    const { rows } = await sql<Record<'QUERY PLAN', string>>`explain ${accountsOfEmails(names)}`.execute(
      database.query,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index (Only )?Scan using users_|Bitmap Index Scan on users_/);
    expect(plan).not.toContain('Seq Scan on users');
  });

  it('are found by id and by address, each once', async () => {
    const id = randomUUID();
    const email = `${id}@example.com`;
    await database.transaction((tx) =>
      new UsersRepository(database).add(tx, { id, email }, null, { pseudonyms: [], audited: noEntry }),
    );
    expect(await accounts.known([id, randomUUID()])).toEqual([id]);
    expect(await accounts.addressed([email, 'nobody@example.com'])).toEqual([{ email, id }]);
  });

  it('are told once by two who try at the same time', async () => {
    const [incidentId, id] = [randomUUID(), randomUUID()];
    await database.transaction((tx) =>
      new UsersRepository(database).add(tx, { id, email: `${id}@example.com` }, null, {
        pseudonyms: [],
        audited: noEntry,
      }),
    );
    await sql`insert into velro.incidents (id, kind, title, discovered_at, opened_by)
      values (${incidentId}, 'data_breach', 'a drill', now(), 'ada')`.execute(database.query);
    await sql`insert into velro.incident_affected (incident_id, user_id) values (${incidentId}, ${id})`.execute(
      database.query,
    );
    const [asked, go] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const first = database.transaction(async (tx) => {
      const isToBeTold = await accounts.isToBeTold(tx, incidentId, id);
      asked.resolve(undefined);
      await go.promise;
      const noticeId = randomUUID();
      await sql`insert into velro.notices (id, user_id, kind, recipient) values (${noticeId}, ${id}, 'incident_data_breach', 'a@example.com')`.execute(
        tx,
      );
      await accounts.noteTold(tx, incidentId, id, noticeId);
      return isToBeTold;
    });
    await asked.promise;
    const second = database.transaction((tx) => accounts.isToBeTold(tx, incidentId, id));
    const waiting = sql`select from pg_stat_activity where wait_event_type = 'Lock'`;
    await Promise.race([
      second,
      until(async () => (await waiting.execute(database.query)).rows.length > 0, 'a statement that waits'),
    ]);
    go.resolve(undefined);
    expect(await Promise.all([first, second])).toEqual([true, false]);
  });
});
