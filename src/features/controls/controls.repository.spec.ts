import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noEntry } from '../../../test/support/database/audit-log.js';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import type { PostgresDatabase } from '../../adapters/postgres/postgres-database.js';
import { ControlsRepository } from './controls.repository.js';
import { SystemClock } from '../../adapters/system/system.js';
import { MaintenanceRepository } from '../maintenance/maintenance.repository.js';
import { MaintenanceService } from '../maintenance/maintenance.service.js';
import { DatabaseLooks } from './facts/database-looks.js';

describe('what is kept of controls', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let repository: ControlsRepository;
  let reviewer: string;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    repository = new ControlsRepository(database);
    reviewer = randomUUID();
    await stage.asOwner(`insert into velro.users (id, email) values ('${reviewer}', 'mira@example.com')`);
  });
  afterAll(() => stage.stop());

  /** Ids grow as in the service: by when a word was written, which the newest word is neither first nor last in. */
  let written = 0;
  const say = (control: 'review/log-errors' | 'drill/chat', at: string) =>
    stage.asOwner(
      `insert into velro.control_attestations (id, control, at, reviewer_id, note)
       values ('00000000-0000-7000-8000-00000000000${++written}', '${control}', '${at}', '${reviewer}', 'x')`,
    );

  it('is the last word about each control, whenever it was written', async () => {
    await say('review/log-errors', '2026-11-03');
    await say('review/log-errors', '2026-11-20');
    await say('review/log-errors', '2026-11-10');
    await say('drill/chat', '2026-10-01');
    expect([...(await repository.lastWords())]).toEqual([
      ['drill/chat', { at: new Date('2026-10-01'), reviewer }],
      ['review/log-errors', { at: new Date('2026-11-20'), reviewer }],
    ]);
  });

  it('is the last audit with its tally, and null before the first', async () => {
    expect(await repository.lastAudit()).toBeNull();
    const tally = { fail: 1, not_looked_at: 2, attested: 3, pass: 4, not_applicable: 5 };
    await repository.record(database.query, randomUUID(), reviewer, tally, noEntry);
    expect(await repository.lastAudit()).toEqual({ at: expect.any(Date), reviewer, tally });
  });

  it('outlives the account of the reviewer, without its id', async () => {
    await stage.asOwner(`delete from velro.users where id = '${reviewer}'`);
    const word = (await repository.lastWords()).get('drill/chat');
    expect([word?.reviewer, (await repository.lastAudit())?.reviewer]).toEqual([null, null]);
  });
});

describe('what the database shows of itself', () => {
  let stage: MigratedDatabase;
  let looks: ReturnType<DatabaseLooks['looks']>;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    const database = stage.connect();
    looks = new DatabaseLooks(
      { database: { kind: 'embedded' } },
      database,
      new MaintenanceService(new MaintenanceRepository(database), new SystemClock()),
    ).looks();
  });
  afterAll(() => stage.stop());

  it('is a role that may read and write rows alone, tables with row level security, and a log that it cannot change', async () => {
    expect(await looks.databaseRole()).toEqual({ name: 'velro_app', powers: [] });
    expect([await looks.openTables(), await looks.auditPowers()]).toEqual([[], []]);
    expect(await looks.messengerStore()).toEqual({ hasUniqueMessages: true, holdsHashesAlone: true });
    expect(await looks.roles()).toEqual(expect.arrayContaining(['user', 'admin', 'super_admin']));
    const { version, statementTimeoutMs, poolSize } = await looks.database();
    expect([version, poolSize]).toEqual([expect.stringMatching(/^PostgreSQL \d+/), 10]);
    expect(statementTimeoutMs).toBeGreaterThan(0);
  });

  it.each([
    [
      'a right to delete entries of the audit log',
      'grant delete on velro.audit_entries to velro_app',
      'revoke delete on velro.audit_entries from velro_app',
      'auditPowers',
      ['delete'],
    ],
    [
      'a right to change them',
      'grant update on velro.audit_entries to velro_app',
      'revoke update on velro.audit_entries from velro_app',
      'auditPowers',
      ['update'],
    ],
    [
      'consents that can be deleted',
      'grant delete on velro.privacy_choices to velro_app',
      'revoke delete on velro.privacy_choices from velro_app',
      'consents',
      { powers: ['delete'], areVersioned: true },
    ],
    [
      'consents without the text that was agreed to',
      'alter table velro.privacy_choices alter version drop not null',
      'alter table velro.privacy_choices alter version set not null',
      'consents',
      { powers: [], areVersioned: false },
    ],
    [
      'a table without row level security',
      'alter table velro.files disable row level security',
      'alter table velro.files enable row level security',
      'openTables',
      ['files'],
    ],
    [
      'messages that may be stored twice',
      'alter table velro.messenger_messages drop constraint messenger_messages_page_id_mid_key',
      'alter table velro.messenger_messages add unique (page_id, mid)',
      'messengerStore',
      { hasUniqueMessages: false, holdsHashesAlone: true },
    ],
    [
      'ids of people that are no hashes',
      'alter table velro.messenger_people drop constraint messenger_people_psid_hash_check',
      'alter table velro.messenger_people add check (length(psid_hash) = 32)',
      'messengerStore',
      { hasUniqueMessages: true, holdsHashesAlone: false },
    ],
    [
      'an administrator without a second factor',
      "insert into velro.users (id, email, role) values ('00000000-0000-4000-8000-000000000001', 'a@example.com', 'admin')",
      "delete from velro.users where id = '00000000-0000-4000-8000-000000000001'",
      'administrators',
      { count: 1, withoutFactor: 1 },
    ],
  ] as const)('shows %s', async (_, change, back, fact, expected) => {
    await stage.asOwner(change);
    try {
      expect(await looks[fact]()).toEqual(expected);
    } finally {
      await stage.asOwner(back);
    }
    expect(await looks[fact]()).not.toEqual(expected);
  });
});
