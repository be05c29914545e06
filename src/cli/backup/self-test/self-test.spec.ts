import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import pg from 'pg';
import type { Config } from '../../../../config/config.js';
import { Secret } from '../../../../config/values/secret.js';
import { auditLogOf, auditSettings, newAuditKey } from '../../../../test/support/database/audit-log.js';
import { superuserUrl } from '../../../../test/support/database/database.js';
import { templateHome } from '../../../../test/support/database/template-home.js';
import { until } from '../../../../test/support/process/wait-until.js';
import { BackupFolder } from '../../../adapters/disk/backup-folder.js';
import { DiskStorage } from '../../../adapters/disk/disk-storage.js';
import { PostgresCluster } from '../../../adapters/embedded/postgres/postgres-cluster.js';
import { backUpObjects } from '../../../adapters/postgres/backup/objects/back-up-objects.js';
import { ReadBackup } from '../../../adapters/postgres/backup/read-backup.js';
import { restore } from '../../../adapters/postgres/backup/restore.js';
import { writeBackup } from '../../../adapters/postgres/backup/write-backup.js';
import { migrate } from '../../../adapters/postgres/migrate.js';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import { SystemClock } from '../../../adapters/system/system.js';
import { sha256 } from '../../../crypto/hash.js';
import { selfTestReport } from './report.js';
import { runSelfTest, type SelfTestPlan } from './run-self-test.js';

const ada = '6f1f0a3e-0000-4000-8000-000000000001';

describe('a self-test of backups', () => {
  const home = templateHome();
  const made = mkdtempSync(join(tmpdir(), 'velro-self-test-'));
  const audit = auditSettings();
  let cluster: PostgresCluster;
  let superuser: pg.Client;
  let source: pg.Client;
  let identityFile: string;
  let recipient: string;
  let whole: string;
  let folder: string;
  let scratch: pg.Client;
  let scratchUrl: Secret;
  beforeAll(async () => {
    cluster = await PostgresCluster.open(home);
    await migrate({ ownerUrl: new Secret(cluster.ownerUrl), appUrl: new Secret(cluster.appUrl) });
    superuser = new pg.Client({ connectionString: superuserUrl(home) });
    await superuser.connect();
    source = await connect(cluster.ownerUrl);
    identityFile = await generateX25519Identity();
    recipient = await identityToRecipient(identityFile);
    await seed();
    whole = await backUp(join(made, 'whole'));
    await superuser.query('create database scratch owner velro_owner template postgres');
    scratchUrl = new Secret(cluster.ownerUrl.replace(/velro$/, 'scratch'));
    scratch = await connect(scratchUrl.reveal());
  });
  beforeEach(() => {
    folder = mkdtempSync(join(made, 'copy-'));
    cpSync(whole, folder, { recursive: true });
  });
  afterEach(async () => {
    await scratch.query('drop schema if exists velro, pgboss, velro_restore, supabase_migrations cascade');
  });
  afterAll(async () => {
    await Promise.all([source.end(), scratch.end(), superuser.end()]);
    await cluster.stop();
    for (const one of [home, made]) rmSync(one, { recursive: true, force: true });
  });

  const connect = async (connectionString: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const seed = async (): Promise<void> => {
    mkdirSync(join(made, 'objects'));
    await source.query('insert into velro.users (id, email) values ($1, $2)', [ada, 'ada@example.com']);
    for (let count = 0; count < 5; count++) {
      const content = randomBytes(1000);
      const key = `uploads/${randomUUID()}/0.png`;
      await storage().put(key, content);
      await source.query(
        `insert into velro.files (id, user_id, kind, object_key, content_type, bytes, sha256)
         values (gen_random_uuid(), $1, 'upload', $2, 'image/png', $3, $4)`,
        [ada, key, content.length, sha256(content)],
      );
    }
    await source.query(
      'update velro.users set storage_bytes = (select sum(bytes) from velro.files) where id = $1',
      [ada],
    );
    const database = new PostgresDatabase(new Secret(cluster.appUrl), () => undefined);
    const log = auditLogOf(database, audit);
    for (let count = 0; count < 3; count++)
      await database.transaction((tx) =>
        log.trail.append(tx, { action: 'ai.switched', subjectId: null, details: { count } }, null),
      );
    await database.close();
  };
  const storage = (): DiskStorage =>
    new DiskStorage(
      join(made, 'objects'),
      new Secret(randomBytes(48).toString('hex')),
      new SystemClock(),
      () => '',
    );
  const backUp = async (into: string, withObjects = true): Promise<string> => {
    const target = new BackupFolder(into);
    const origin = { ownerUrl: new Secret(cluster.ownerUrl), hasIdentities: false, key: audit.key.current };
    const stores = { storage: storage(), target, recipient };
    await writeBackup(
      origin,
      target,
      recipient,
      withObjects ? (client) => backUpObjects(client, stores, () => undefined) : undefined,
    );
    return into;
  };
  const plan = (changes: Partial<SelfTestPlan> = {}): SelfTestPlan => ({
    config: { audit } as Config,
    target: new BackupFolder(folder),
    identityFile,
    backup: null,
    scratchUrl,
    objects: null,
    maxAgeHours: 1,
    acceptsUnauthenticated: false,
    ...changes,
  });
  const filesOf = (ending: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .map((name) => join(folder, name));
  const spoil = (path: string): void => {
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(path, bytes);
  };
  /** Changes the source for as long as it is backed up into another folder. */
  const whileChanged = async (change: string, back: string): Promise<undefined> => {
    folder = mkdtempSync(join(made, 'other-'));
    await source.query(change);
    await backUp(folder);
    await source.query(back);
    return undefined;
  };
  const inScratch = async (): Promise<unknown[]> =>
    (
      await scratch.query(
        `select nspname, relname from pg_class c join pg_namespace n on n.oid = relnamespace
         where nspname in ('velro', 'pgboss', 'velro_restore') order by nspname, relname`,
      )
    ).rows;

  it('restores the newest backup, verifies it, and leaves an empty database and the password of the service', async () => {
    const result = await runSelfTest(plan());
    expect(result.checks.map(({ name, isPassed, detail }) => [name, isPassed, detail])).toEqual([
      ['manifest', true, expect.stringMatching(/^authentic, \d+ tables, \d+ rows$/)],
      ['age', true, '0.0 hours, of at most 1'],
      ['rows', true, expect.stringMatching(/^restored as they were backed up, then 0 migrations$/)],
      ['audit log', true, '3 entries, 0 checkpoints, 0 faults'],
      ['credits', true, '1 accounts, 0 generations, 0 faults'],
      ['objects', true, '5 of 5 read, 0 faults; 0 were missing or damaged when it was made'],
      ['scratch database', true, 'made, and removed'],
    ]);
    expect([result.isPassed, result.backup]).toEqual([true, readdirSync(join(folder, 'backups'))[0]]);
    expect(selfTestReport(result, 'here')).toMatch(
      /^self-test of backup \S+Z in here: passed, in \d+ s\n( {2}ok {6}.+\n){7}$/,
    );
    expect(await inScratch()).toEqual([]);
    await (await connect(cluster.appUrl)).end();
  });

  it('reads no more objects than it is told', async () => {
    const { checks } = await runSelfTest(plan({ objects: 2 }));
    expect(checks.find(({ name }) => name === 'objects')?.detail).toMatch(/^2 of 5 read, 0 faults/);
  });

  it.each<[string, string, RegExp, () => Partial<SelfTestPlan> | Promise<undefined> | undefined]>([
    ['it is too old', 'age', /^0\.0 hours, of at most -1$/, () => ({ maxAgeHours: -1 })],
    [
      'rows were damaged',
      'rows',
      /^velro\.users\.copy\.zst\.age cannot be read/,
      () => {
        spoil(filesOf('velro.users.copy.zst.age')[0] ?? '');
        return undefined;
      },
    ],
    [
      'an object was damaged',
      'objects',
      /^5 of 5 read, 1 faults/,
      () => {
        spoil(filesOf('.age').find((path) => path.includes('/objects/')) ?? '');
        return undefined;
      },
    ],
    [
      'an object is missing',
      'objects',
      /^5 of 5 read, 1 faults/,
      () => {
        rmSync(filesOf('.age').find((path) => path.includes('/objects/')) ?? '');
        return undefined;
      },
    ],
    [
      'an entry of the audit log was changed',
      'audit log',
      /^3 entries, 0 checkpoints, [1-9]\d* faults$/,
      () =>
        whileChanged(
          `alter table velro.audit_entries disable trigger user; update velro.audit_entries set at = at + interval '1 day'`,
          `update velro.audit_entries set at = at - interval '1 day'; alter table velro.audit_entries enable trigger user`,
        ),
    ],
    [
      'credits are not those of the ledger',
      'credits',
      /^1 accounts, 0 generations, [1-9]\d* faults$/,
      () =>
        whileChanged(
          'update velro.users set credits_balance = credits_balance + 1',
          'update velro.users set credits_balance = credits_balance - 1',
        ),
    ],
  ])('fails where %s, and leaves an empty database', async (_what, check, detail, change) => {
    const { isPassed, checks } = await runSelfTest(plan((await change()) ?? {}));
    expect(checks.filter((one) => !one.isPassed)).toEqual([
      { name: check, isPassed: false, detail: expect.stringMatching(detail) },
    ]);
    expect(isPassed).toBe(false);
    expect(await inScratch()).toEqual([]);
  });

  it.each<[string, RegExp, () => Partial<SelfTestPlan> | Promise<Partial<SelfTestPlan>>]>([
    ['there is none', /^there is no backup in /, () => ({ target: new BackupFolder(join(made, 'nothing')) })],
    [
      'its objects were not backed up',
      /^there is no backup in \S+ that has its objects$/,
      async () => ({ target: new BackupFolder(await backUp(join(made, 'without'), false)) }),
    ],
    [
      'the identity is another one',
      /^manifest\.json\.age cannot be read/,
      async () => ({ identityFile: await generateX25519Identity() }),
    ],
    [
      'AUDIT_ENC_KEY is another one',
      /^manifest\.json\.age was not written with AUDIT_ENC_KEY/,
      () => ({ config: { audit: { ...audit, key: { current: newAuditKey(), previous: null } } } as Config }),
    ],
  ])('fails where %s, and touches no database', async (_what, detail, change) => {
    await scratch.query('create schema velro');
    const { isPassed, backup, checks } = await runSelfTest(plan(await change()));
    expect(checks).toEqual([{ name: 'manifest', isPassed: false, detail: expect.stringMatching(detail) }]);
    expect([isPassed, backup]).toEqual([false, null]);
  });

  it('passes without objects where none are asked for', async () => {
    const target = new BackupFolder(await backUp(join(made, 'rows-alone'), false));
    const { isPassed, checks } = await runSelfTest(plan({ target, objects: 0 }));
    expect([isPassed, checks.map(({ name }) => name)]).toEqual([
      true,
      ['manifest', 'age', 'rows', 'audit log', 'credits', 'scratch database'],
    ]);
  });

  it('is refused by a database with tables of our names, which stay as they are', async () => {
    await scratch.query(
      'create schema velro; create table velro.users (theirs int); insert into velro.users values (1)',
    );
    const { checks } = await runSelfTest(plan());
    expect(checks.filter(({ isPassed }) => !isPassed).map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^the database is not empty, and nothing was changed/),
    ]);
    expect((await scratch.query('select * from velro.users')).rows).toEqual([{ theirs: 1 }]);
  });

  const opened = (): Promise<ReadBackup> => {
    const [name = ''] = readdirSync(join(folder, 'backups'));
    const reader = { identityFile, keys: audit.key, acceptsUnauthenticated: false };
    return ReadBackup.open(new BackupFolder(folder), name, reader);
  };

  it('compares the rows that a table gives back with those of the backup', async () => {
    // Pads what is shorter: as many rows, and other ones.
    const pad = 'alter table velro.users alter column email type char(300)';
    const prepareIdentities = async (): Promise<void> => {
      await scratch.query(pad);
    };
    const database = { ownerUrl: scratchUrl, appUrl: null, prepareIdentities, secretMark: 'self-test' };
    await expect(restore(await opened(), database, { comparesRows: true })).rejects.toThrow(
      'users has other rows than the backup',
    );
    expect((await scratch.query('select from velro.users')).rowCount).toBe(0);
  });

  describe('in a database that was restored before', () => {
    const restored = async (secretMark: string): Promise<void> => {
      await restore(await opened(), {
        ownerUrl: scratchUrl,
        appUrl: null,
        prepareIdentities: null,
        secretMark,
      });
    };

    it('removes what a self-test has left that was killed, and goes on', async () => {
      await restored('self-test');
      const { isPassed } = await runSelfTest(plan());
      expect(isPassed).toBe(true);
      expect(await inScratch()).toEqual([]);
    });

    it('is emptied when the command is told to stop', async () => {
      const running = runSelfTest(plan()).then(
        ({ isPassed }) => isPassed,
        () => 'stopped',
      );
      await until(async () => (await inScratch()).length > 0, 'the restore');
      process.emit('SIGTERM');
      expect(await running).not.toBe(true);
      expect(await inScratch()).toEqual([]);
    });

    it.each(['rows', 'later migrations'])(
      'is refused where a restore was cut before its %s, and changes nothing',
      async (cut) => {
        await restored('a mark');
        await scratch.query(
          `update velro_restore.state set migrated_at = null${cut === 'rows' ? ', restored_at = null' : ''}`,
        );
        await scratch.query("update velro.users set full_name = 'Tampered'");
        const before = await inScratch();
        const { isPassed } = await runSelfTest(plan());
        expect(isPassed).toBe(false);
        expect(await inScratch()).toEqual(before);
        const { rows } = await scratch.query('select distinct full_name from velro.users');
        expect(rows).toEqual([{ full_name: 'Tampered' }]);
        const state = await scratch.query('select migrated_at from velro_restore.state');
        expect(state.rows).toEqual([{ migrated_at: null }]);
      },
    );

    it('is refused where it waits to be opened, and changes nothing', async () => {
      await restored('a mark');
      const before = await inScratch();
      const { isPassed } = await runSelfTest(plan());
      expect(isPassed).toBe(false);
      expect(await inScratch()).toEqual(before);
      expect((await scratch.query('select id from velro.users')).rows).toEqual([{ id: ada }]);
    });
  });
});
