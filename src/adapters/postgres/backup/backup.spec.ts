import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import pg from 'pg';
import { advisoryLocks } from '../../../database/advisory-locks.js';
import { Secret } from '../../../../config/values/secret.js';
import { auditLogOf, auditSettings, newAuditKey } from '../../../../test/support/database/audit-log.js';
import { schemaDumpOf } from '../../../../test/support/database/pg-dump.js';
import { superuserUrl } from '../../../../test/support/database/database.js';
import { templateHome } from '../../../../test/support/database/template-home.js';
import { TransactionPooler } from '../../../../test/support/database/transaction-pooler.js';
import { until } from '../../../../test/support/process/wait-until.js';
import { verifyAuditLog } from '../../../features/audit/chain/audit-verification.js';
import { BackupFolder } from '../../disk/backup-folder.js';
import { PostgresCluster } from '../../embedded/postgres/postgres-cluster.js';
import { migrate } from '../migrate.js';
import { readMigrations } from '../migration-files.js';
import { PostgresDatabase } from '../postgres-database.js';
import { decryptionBy } from './age.js';
import { nameOf, sequencesOf, tablesOf } from './catalog.js';
import { backupsIn, manifestFile, partOf } from './backup-names.js';
import { manifestText, type Manifest } from './manifest/manifest.js';
import { ReadBackup } from './read-backup.js';
import { readRestoreState } from './restore-state.js';
import { migrationsOf, restore, type RestoreTarget } from './restore.js';
import { writeBackup } from './write-backup.js';

const ada = '6f1f0a3e-0000-4000-8000-000000000001';
const canary = 'canary-4711@example.com';
const odd = 'tab\tnewline\nreturn\rbackslash\\\\N \\. quote"\' Grüße 𝕏 \u0001\u200f';

describe('a backup', () => {
  const home = templateHome();
  const folder = mkdtempSync(join(tmpdir(), 'velro-backup-'));
  const copies: string[] = [];
  const temporary = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'velro-backup-copy-'));
    copies.push(made);
    return made;
  };
  const audit = auditSettings();
  let cluster: PostgresCluster;
  let source: pg.Client;
  let superuser: pg.Client;
  let identity: string;
  let recipient: string;
  let written: string;
  let manifest: Manifest;
  beforeAll(async () => {
    cluster = await PostgresCluster.open(home);
    await migrate({ ownerUrl: new Secret(cluster.ownerUrl), appUrl: new Secret(cluster.appUrl) });
    superuser = new pg.Client({ connectionString: superuserUrl(home) });
    await superuser.connect();
    source = await connect(cluster.ownerUrl);
    await seed();
    identity = await generateX25519Identity();
    recipient = await identityToRecipient(identity);
    ({ name: written, manifest } = await whileWriting(() =>
      writeBackup(origin(cluster.ownerUrl), new BackupFolder(folder), recipient),
    ));
  });
  afterAll(async () => {
    await source.end();
    await superuser.end();
    await cluster.stop();
    for (const made of [home, folder, ...copies]) rmSync(made, { recursive: true, force: true });
  });

  const origin = (url: string) => ({
    ownerUrl: new Secret(url),
    hasIdentities: false,
    key: audit.key.current,
  });
  const reader = (identityFile = identity) => ({
    identityFile,
    keys: audit.key,
    acceptsUnauthenticated: false,
  });
  const connect = async (connectionString: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString });
    // Some are still open when the database is stopped after a test that failed.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };

  const seed = async (): Promise<void> => {
    await source.query('insert into velro.users (id, email, full_name) values ($1, $2, $3)', [
      ada,
      canary,
      odd,
    ]);
    await source.query(
      `insert into velro.sessions (id, user_id, auth_time, device, address, expires_at)
       values (gen_random_uuid(), $1, now(), $2, '::1', now() + interval '1 day')`,
      [ada, odd],
    );
    // Every kind of column that COPY treats in its own way, and a sequence that is ahead of its rows.
    await source.query(`
      create table velro.odd (id bigint generated always as identity, bytes bytea, doc jsonb, list text[], text text, empty text,
        float double precision, at timestamptz, length int generated always as (length(text)) stored);
      select nextval('velro.odd_id_seq') from generate_series(1, 40)`);
    await source.query(
      `insert into velro.odd (bytes, doc, list, text, empty, float, at) values ($1, $2, $3, $4, '', 0.1::float8 + 0.2, now()),
         (null, null, null, null, null, 'NaN', '-infinity'), ('', '{}', '{}', '\\N', '\\.', '-0', 'infinity')`,
      [Buffer.from([0, 9, 10, 13, 92, 255]), JSON.stringify({ a: odd }), [odd, 'a,b', '{}'], odd],
    );
    // Of a cluster that has counted more transactions than the one it is restored into.
    await source.query(
      `insert into velro.revocations (kind, subject, expires_at, written_by) values ('sid', gen_random_uuid(), now() + interval '1 day', '999999999')`,
    );
    await source.query('create table velro.pair_one (n int); create table velro.pair_two (n int)');
    // A large table between both, which takes a while to copy.
    await source.query(
      'create table velro.pair_filler as select g as n, md5(g::text) as text from generate_series(1, 200000) g',
    );
    const database = new PostgresDatabase(new Secret(cluster.appUrl), () => undefined);
    const log = auditLogOf(database, audit);
    for (let count = 0; count < 5; count++)
      await database.transaction((tx) =>
        log.trail.append(tx, { action: 'ai.switched', subjectId: null, details: { count } }, null),
      );
    await database.close();
  };

  /** One row in each of two tables by one transaction, over and over. */
  const whileWriting = async <T>(work: () => Promise<T>): Promise<T> => {
    const writer = await connect(cluster.ownerUrl);
    const ending = new AbortController();
    let pairs = 0;
    const first = Promise.withResolvers<undefined>();
    const writing = (async () => {
      for (;;) {
        if (ending.signal.aborted) return;
        await writer.query(
          `begin; insert into velro.pair_one values (${pairs}); insert into velro.pair_two values (${pairs}); commit`,
        );
        if (++pairs === 5) first.resolve(undefined);
      }
    })();
    await first.promise;
    const result = await work();
    ending.abort();
    await writing;
    await writer.end();
    return result;
  };

  let number = 0;
  /** An empty database of the same cluster. */
  const emptyDatabase = async (): Promise<
    RestoreTarget & { readonly appUrl: Secret; readonly client: pg.Client }
  > => {
    const name = `empty_${number++}`;
    // A prepared cluster has no database but these two; the other one is empty.
    await superuser.query(`create database ${name} owner velro_owner template postgres`);
    const ownerUrl = cluster.ownerUrl.replace(/velro$/, name);
    return {
      ownerUrl: new Secret(ownerUrl),
      appUrl: new Secret(cluster.appUrl.replace(/velro$/, name)),
      prepareIdentities: null,
      secretMark: 'mark',
      client: await connect(ownerUrl),
    };
  };
  const restoreStateOf = async (client: pg.Client): Promise<'none' | 'restored' | 'interrupted'> => {
    try {
      return (await readRestoreState(client)) === null ? 'none' : 'restored';
    } catch {
      return 'interrupted';
    }
  };
  /** Everything in a database that is ours, by name. */
  const relations = async (client: pg.Client): Promise<unknown[]> =>
    (
      await client.query(
        `select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1, 2`,
      )
    ).rows;
  const rowsOf = async (client: pg.Client, schema: string, table: string): Promise<unknown[]> =>
    (await client.query<{ row: string }>(`select t::text as row from ${nameOf(schema, table)} t order by 1`))
      .rows;
  /** Where the files of the backup lie, and of its copies. */
  const folderOf = (root: string): string => join(root, partOf(written, '.'));
  /** Cuts the connection of a backup or a restore. */
  const cut = async (): Promise<void> => {
    await superuser.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'velro-backup'`,
    );
  };
  const copyOf = (): string => {
    const copy = temporary();
    cpSync(folderOf(folder), folderOf(copy), { recursive: true });
    return copy;
  };
  const withManifest = async (change: (made: Manifest) => object): Promise<string> => {
    const copy = copyOf();
    const text = manifestText({ ...manifest, ...change(manifest) }, audit.key.current);
    await writeManifest(copy, text);
    return copy;
  };
  const writeManifest = async (copy: string, text: string): Promise<void> => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    writeFileSync(join(folderOf(copy), manifestFile), await encrypter.encrypt(text));
  };
  const restoreFrom = async (from: string, target: RestoreTarget, by = identity): Promise<string[]> => {
    const backup = await ReadBackup.open(new BackupFolder(from), written, reader(by));
    migrationsOf(backup.manifest);
    await backup.verify();
    return await restore(backup, target);
  };

  it('is one state of all tables, whatever is written meanwhile', () => {
    const rows = (table: string) => manifest.tables.find((one) => one.table === table);
    expect(rows('pair_one')?.rows).toBeGreaterThanOrEqual(5);
    expect(rows('pair_one')?.sha256).toBe(rows('pair_two')?.sha256);
    // Nothing that migrations make is taken for hand-made.
    expect(manifest.handMade.filter((name) => !/^velro\.(?:odd|pair_)/.test(name))).toEqual([]);
  });

  it('holds nothing in clear but the names of tables', () => {
    const names = readdirSync(folderOf(folder));
    expect(names).toContain(manifestFile);
    expect(names).toHaveLength(manifest.tables.length + 1);
    expect(readdirSync(join(folder, '.parts'))).toEqual([]);
    for (const name of names) {
      const bytes = readFileSync(join(folderOf(folder), name));
      expect(bytes.subarray(0, 21).toString()).toBe('age-encryption.org/v1');
      for (const secret of [canary, ada, 'Grüße', 'velro.users', 'sha256', '20261121000001'])
        expect(bytes.includes(secret)).toBe(false);
    }
  });

  describe('restored into an empty database', () => {
    let target: Awaited<ReturnType<typeof emptyDatabase>>;
    beforeAll(async () => {
      target = await emptyDatabase();
      // Tables that migrations do not make: as if a migration of the backup had made them.
      const odds = await source.query<{ sql: string }>(
        `select format('create table velro.%I (%s)', c.relname, string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', '
           order by attnum)) as sql from pg_class c join pg_attribute a on a.attrelid = c.oid and attnum > 0
         where c.relname like 'pair\\_%' group by c.relname`,
      );
      const shape = `create table velro.odd (id bigint generated always as identity, bytes bytea, doc jsonb, list text[], text text,
        empty text, float double precision, at timestamptz, length int generated always as (length(text)) stored);`;
      const prepare = async (): Promise<void> => {
        await target.client.query(shape + odds.rows.map(({ sql }) => sql).join(';'));
        await target.client.query('create schema auth; create table auth.users (id uuid)');
      };
      await restoreFrom(folder, { ...target, prepareIdentities: prepare });
    });
    afterAll(async () => {
      await target.client.end();
    });

    it('has every row of every table as it was', async () => {
      const changed = ['sessions', 'revocations', 'ai_switch', 'pair_one', 'pair_two'];
      const tables = await tablesOf(source, false);
      expect(tables.length).toBeGreaterThan(50);
      for (const { schema, table } of tables.filter((one) => !changed.includes(one.table)))
        expect([table, await rowsOf(target.client, schema, table)]).toEqual([
          table,
          await rowsOf(source, schema, table),
        ]);
      expect(await rowsOf(target.client, 'velro', 'pair_one')).toEqual(
        await rowsOf(target.client, 'velro', 'pair_two'),
      );
    });

    it('gives numbers after those that were given', async () => {
      for (const { schema, sequence } of await sequencesOf(source, false)) {
        const ask = async (client: pg.Client) =>
          (await client.query(`select last_value, is_called from ${nameOf(schema, sequence)}`)).rows;
        if (sequence !== 'revocations_id_seq') expect(await ask(target.client)).toEqual(await ask(source));
      }
    });

    it('has the triggers and the foreign keys that migrations make, all in force', async () => {
      const ask = async (client: pg.Client) =>
        (
          await client.query(
            `select conrelid::regclass::text as of, conname as name, pg_get_constraintdef(oid) as is, convalidated as on from pg_constraint
             where connamespace = 'velro'::regnamespace and contype = 'f'
             union all select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled = 'O' from pg_trigger
             where not tgisinternal order by 1, 2`,
          )
        ).rows;
      const rows = await ask(target.client);
      expect(rows.length).toBeGreaterThan(60);
      expect(rows.filter((row) => row.on !== true)).toEqual([]);
      expect(rows).toEqual(await ask(source));
    });

    it('has the schema that pg_dump finds in the one that was backed up', async () => {
      const [before, after] = [
        await schemaDumpOf(cluster.ownerUrl),
        await schemaDumpOf(target.ownerUrl.reveal()),
      ];
      expect(before).toMatch(/^CREATE TABLE velro\.users \(/m);
      // In the order in which constraints and sequences were made.
      const lines = (dump: string): string[] =>
        dump
          .split('\n')
          .filter((line) => !/odd|pair_/.test(line))
          .sort();
      expect(lines(after)).toEqual(lines(before));
    });

    it('counts transactions as its own cluster does, so that nothing seems to be written in the future', async () => {
      const { rows } = await target.client.query(
        `select count(*)::int as all, count(*) filter (where written_by > pg_current_xact_id())::int as later from velro.revocations`,
      );
      expect(rows).toEqual([{ all: 2, later: 0 }]);
    });

    it('has no living session, revokes the tokens of those it had, and does not use AI', async () => {
      const { rows } = await target.client.query(
        `select (select count(*)::int from velro.sessions) as sessions,
                (select count(*)::int from velro.sessions where ended_at is null) as living,
                (select count(*)::int from velro.revocations r join velro.sessions s on s.id = r.subject
                  where r.kind = 'sid' and r.expires_at > now()) as revoked,
                (select enabled from velro.ai_switch) as ai`,
      );
      expect(rows).toEqual([{ sessions: 1, living: 0, revoked: 1, ai: false }]);
      const before = await source.query('select enabled from velro.ai_switch');
      expect(before.rows).toEqual([{ enabled: true }]);
    });

    it('has a whole audit log', async () => {
      const database = new PostgresDatabase(target.appUrl, () => undefined);
      const { entries, trims, keys } = auditLogOf(database, audit);
      const found: unknown[] = [];
      const result = await verifyAuditLog({ entries, trims, keys }, (fault) => void found.push(fault));
      await database.close();
      expect({ result, found }).toEqual({
        result: expect.objectContaining({ entries: 5n, faults: 0 }),
        found: [],
      });
    });

    it('is refused a second time, as the database is not empty', async () => {
      const before = await rowsOf(target.client, 'velro', 'users');
      await target.client.query('update velro.ai_switch set enabled = true');
      await expect(restoreFrom(folder, target)).rejects.toThrow('not empty, and nothing was changed');
      expect(await rowsOf(target.client, 'velro', 'users')).toEqual(before);
      expect((await target.client.query('select enabled from velro.ai_switch')).rows).toEqual([
        { enabled: true },
      ]);
    });
  });

  it('is restored at its own version, then migrated', async () => {
    const [old, target] = [await emptyDatabase(), await emptyDatabase()];
    const migrations = readMigrations();
    const urls = { ownerUrl: old.ownerUrl, appUrl: old.appUrl };
    await migrate(urls, migrations.slice(0, -3));
    await old.client.query('insert into velro.users (id, email) values ($1, $2)', [ada, canary]);
    const before = temporary();
    const { name } = await writeBackup(origin(old.ownerUrl.reveal()), new BackupFolder(before), recipient);
    const backup = await ReadBackup.open(new BackupFolder(before), name, reader());
    expect(await restore(backup, target)).toEqual(migrations.slice(-3).map(({ version }) => version));
    const { rows } = await target.client.query('select id, email from velro.users');
    expect(rows).toEqual([{ id: ada, email: canary }]);
    expect(await restoreStateOf(target.client)).toBe('restored');
    await Promise.all([old.client.end(), target.client.end()]);
  });

  const usersFile = 'velro.users.copy.zst.age';
  const manifestIn = (text: string): object =>
    JSON.parse((JSON.parse(text) as { manifest: string }).manifest) as object;
  const withText = async (change: (text: string) => string): Promise<string> => {
    const copy = copyOf();
    await writeManifest(copy, change(manifestText(manifest, audit.key.current)));
    return copy;
  };
  const refusals: readonly (readonly [string, () => Promise<string> | string, RegExp])[] = [
    [
      'a file is missing',
      () => {
        const copy = copyOf();
        rmSync(join(folderOf(copy), usersFile));
        return copy;
      },
      /^velro\.users\.copy\.zst\.age cannot be read: it is missing$/,
    ],
    [
      'a byte of a file was changed',
      () => {
        const copy = copyOf();
        const bytes = readFileSync(join(folderOf(copy), usersFile));
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
        writeFileSync(join(folderOf(copy), usersFile), bytes);
        return copy;
      },
      /^velro\.users\.copy\.zst\.age cannot be read: /,
    ],
    [
      'a file was cut off',
      () => {
        const copy = copyOf();
        writeFileSync(
          join(folderOf(copy), usersFile),
          readFileSync(join(folderOf(folder), usersFile)).subarray(0, -20),
        );
        return copy;
      },
      /^velro\.users\.copy\.zst\.age cannot be read: /,
    ],
    [
      'a file stands in the place of another',
      () => {
        const copy = copyOf();
        cpSync(join(folderOf(folder), 'velro.projects.copy.zst.age'), join(folderOf(copy), usersFile));
        return copy;
      },
      /^velro\.users\.copy\.zst\.age is not the one that the manifest names$/,
    ],
    [
      'its manifest is missing',
      () => {
        const copy = copyOf();
        rmSync(join(folderOf(copy), manifestFile));
        return copy;
      },
      /^manifest\.json\.age cannot be read: it is missing$/,
    ],
    [
      'it is of a newer version',
      () =>
        withManifest(({ migrations }) => ({
          migrations: [...migrations, { version: '29990101000000', hash: null }],
        })),
      /^the backup has migration 29990101000000, which this version does not know/,
    ],
    [
      'one of its migrations was another one',
      () =>
        withManifest(({ migrations: [first, ...others] }) => ({
          migrations: [{ ...first, hash: '0'.repeat(64) }, ...others],
        })),
      /^migration 20261121000001 is another one than that of the backup/,
    ],
    [
      'it was given the name of another time',
      () => withManifest(() => ({ takenAt: '2020-01-01T00:00:00.000Z' })),
      /^its manifest is of another backup$/,
    ],
    [
      'it has another format',
      () => withText(() => JSON.stringify({ format: 3 })),
      /^the backup has format 3/,
    ],
    [
      'its manifest is of a version that knew no HMAC',
      () => withText((text) => JSON.stringify({ format: 1, ...manifestIn(text) })),
      /^manifest\.json\.age has no HMAC, as it is of a former version: anybody .* --accept-unauthenticated/,
    ],
    [
      'its manifest was made by somebody without AUDIT_ENC_KEY',
      () => withText(() => manifestText(manifest, newAuditKey())),
      /^manifest\.json\.age was not written with AUDIT_ENC_KEY, nor with AUDIT_ENC_KEY_PREVIOUS: anybody .* --accept-unauthenticated/,
    ],
    [
      'its manifest was changed by somebody without AUDIT_ENC_KEY',
      () => withText((text) => text.replace(/\\"rows\\":\d+/, '\\"rows\\":7')),
      /^manifest\.json\.age was not written with AUDIT_ENC_KEY/,
    ],
    [
      'its manifest names a table by a path',
      () =>
        withManifest(({ tables: [first, ...others] }) => ({
          tables: [{ ...first, table: '../../etc/passwd' }, ...others],
        })),
      /^manifest\.json\.age is not a manifest$/,
    ],
  ];
  it.each(refusals)('is refused when %s, and nothing is changed', async (_what, make, message) => {
    const target = await emptyDatabase();
    await expect(restoreFrom(await make(), target)).rejects.toThrow(message);
    expect(await relations(target.client)).toEqual([]);
    await target.client.end();
  });

  it('is taken without its HMAC where it is asked for, and says so, and its own key is one of two', async () => {
    const open = async (text: string, keys: typeof audit.key, acceptsUnauthenticated = false) => {
      const copy = await withText(() => text);
      const by = { identityFile: identity, keys, acceptsUnauthenticated };
      return (await ReadBackup.open(new BackupFolder(copy), written, by)).isAuthentic;
    };
    const text = manifestText(manifest, audit.key.current);
    const rotated = { current: newAuditKey(), previous: audit.key.current };
    expect(await open(text, rotated)).toBe(true);
    expect(await open(text, audit.key, true)).toBe(true);
    expect(await open(JSON.stringify({ format: 1, ...manifestIn(text) }), audit.key, true)).toBe(false);
    expect(await open(text, { current: newAuditKey(), previous: null }, true)).toBe(false);
    await expect(open(text, { current: newAuditKey(), previous: newAuditKey() })).rejects.toThrow(
      'was not written with AUDIT_ENC_KEY',
    );
  });

  it('is refused with another identity, and nothing is changed', async () => {
    const target = await emptyDatabase();
    const another = await generateX25519Identity();
    await expect(restoreFrom(folder, target, another)).rejects.toThrow(`${manifestFile} cannot be read: `);
    expect(await relations(target.client)).toEqual([]);
    await target.client.end();
  });

  it('leaves no rows when a file changes after it was verified', async () => {
    const target = await emptyDatabase();
    const copy = await withManifest(({ tables }) => ({
      tables: tables.filter(({ table }) => !/^(odd|pair_)/.test(table)),
      sequences: [],
    }));
    const backup = await ReadBackup.open(new BackupFolder(copy), written, reader());
    await backup.verify();
    cpSync(join(folderOf(folder), 'velro.projects.copy.zst.age'), join(folderOf(copy), usersFile));
    await expect(restore(backup, target)).rejects.toThrow(
      `${usersFile} is not the one that the manifest names`,
    );
    expect(await rowsOf(target.client, 'velro', 'audit_entries')).toEqual([]);
    expect(await rowsOf(target.client, 'velro', 'users')).toEqual([]);
    await target.client.end();
  });

  it('is refused while a service is connected, and nothing is changed', async () => {
    const target = await emptyDatabase();
    const service = await connect(target.appUrl.reveal());
    await expect(restoreFrom(folder, target)).rejects.toThrow(
      'the service has 1 connections to this database, and nothing was changed',
    );
    expect(await relations(target.client)).toEqual([]);
    await service.end();
    await target.client.end();
  });

  it('is neither made nor restored through a transaction pooler, and nothing is changed', async () => {
    const target = await emptyDatabase();
    const to = temporary();
    for (const work of [
      (url: string) => restoreFrom(folder, { ...target, ownerUrl: new Secret(url) }),
      (url: string) => writeBackup(origin(url), new BackupFolder(to), recipient),
    ]) {
      const pooler = await TransactionPooler.start(target.ownerUrl.reveal());
      await expect(work(pooler.url)).rejects.toThrow('through a transaction pooler, and nothing was changed');
      await pooler.stop();
    }
    expect(await relations(target.client)).toEqual([]);
    expect(readdirSync(to)).toEqual([]);
    await target.client.end();
  });

  it('is refused while another restore is under way, and nothing is changed', async () => {
    const target = await emptyDatabase();
    await target.client.query('select pg_advisory_lock($1)', [advisoryLocks.restore]);
    await expect(restoreFrom(folder, target)).rejects.toThrow('another restore or opening is under way');
    expect(await relations(target.client)).toEqual([]);
    await target.client.end();
  });

  it('is refused by a database that has somebody else’s tables of our names, which stay as they are', async () => {
    const target = await emptyDatabase();
    await target.client.query(
      'create schema velro; create table velro.users (theirs int); insert into velro.users values (1)',
    );
    await expect(restoreFrom(folder, target)).rejects.toThrow('not empty, and nothing was changed');
    expect((await target.client.query('select * from velro.users')).rows).toEqual([{ theirs: 1 }]);
    await target.client.end();
  });

  describe('whose restore does not come to its end', () => {
    let target: Awaited<ReturnType<typeof emptyDatabase>>;
    let old: string;
    let name: string;
    beforeAll(async () => {
      const first = await emptyDatabase();
      await migrate(first);
      await first.client.query('insert into velro.users (id, email) values ($1, $2)', [ada, canary]);
      old = temporary();
      ({ name } = await writeBackup(origin(first.ownerUrl.reveal()), new BackupFolder(old), recipient));
      await first.client.end();
      target = await emptyDatabase();
    });
    afterAll(async () => {
      await target.client.end();
    });
    const open = () => ReadBackup.open(new BackupFolder(old), name, reader());
    /** Ends the connection of the restore when it holds what `moment` finds of its session. */
    const cutAt = async (moment: string): Promise<void> => {
      const backup = await open();
      const restoring = restore(backup, target);
      restoring.catch(() => undefined);
      const look = `select pg_terminate_backend(a.pid) from pg_stat_activity a
        where a.datname = current_database() and a.application_name in ('velro-backup', 'velro-migrate') and exists (${moment})`;
      await until(async () => (await target.client.query(look)).rowCount !== 0, 'the moment');
      await expect(restoring).rejects.toThrow();
    };

    it.each([
      ['before the schema was made', `select from pg_namespace where nspname = 'velro_restore'`],
      ['while the schema was made', `select from pg_namespace where nspname = 'velro'`],
      ['when the queue was made', `select from pg_namespace where nspname = 'pgboss'`],
    ])('is marked, and repeated by the same command, when it is cut %s', async (_when, moment) => {
      await cutAt(moment);
      expect(await restoreStateOf(target.client)).toBe('interrupted');
    });

    it('leaves no row of a transaction that is cut in the middle', async () => {
      class CuttingFolder extends BackupFolder {
        override async read(file: string) {
          if (file.includes('velro.users.')) await cut();
          return await super.read(file);
        }
      }
      const backup = await ReadBackup.open(new CuttingFolder(old), name, reader());
      await expect(restore(backup, target)).rejects.toThrow();
      expect(await rowsOf(target.client, 'velro', 'users')).toEqual([]);
      expect(await restoreStateOf(target.client)).toBe('interrupted');
    });

    it('is not backed up: the newest backup would be one of nothing', async () => {
      const elsewhere = temporary();
      const made = writeBackup(origin(target.ownerUrl.reveal()), new BackupFolder(elsewhere), recipient);
      await expect(made).rejects.toThrow('the database was restored and is not opened');
      expect(readdirSync(elsewhere)).toEqual([]);
    });

    it('comes to its end when it is repeated', async () => {
      await restore(await open(), target);
      expect(await restoreStateOf(target.client)).toBe('restored');
      const { rows } = await target.client.query('select id from velro.users');
      expect(rows).toEqual([{ id: ada }]);
    });
  });

  it('names what was made by hand, and is restored without it', async () => {
    const [old, target] = [await emptyDatabase(), await emptyDatabase()];
    await migrate(old);
    await old.client.query('insert into velro.users (id, email) values ($1, $2)', [ada, canary]);
    await old.client.query(`
      create table velro.notes (id serial, note text); insert into velro.notes (note) values ('kept');
      create table velro."My Notes" (n int); alter table velro.users add column note jsonb default '{"a":1}', add column "Odd Name" int`);
    const made = temporary();
    const { name, manifest: found } = await writeBackup(
      origin(old.ownerUrl.reveal()),
      new BackupFolder(made),
      recipient,
    );
    expect([...found.handMade].sort()).toEqual([
      'velro.My Notes',
      'velro.notes',
      'velro.notes_id_seq',
      'velro.users.Odd Name',
      'velro.users.note',
    ]);
    expect(found.tables.find(({ table }) => table === 'notes')?.rows).toBe(1);
    const backup = await ReadBackup.open(new BackupFolder(made), name, reader());
    await restore(backup, target, { comparesRows: true });
    const { rows } = await target.client.query('select * from velro.users');
    expect(rows).toEqual([expect.objectContaining({ id: ada, email: canary })]);
    for (const column of ['note', 'Odd Name']) expect(rows[0]).not.toHaveProperty(column);
    expect((await target.client.query(`select to_regclass('velro.notes') as there`)).rows).toEqual([
      { there: null },
    ]);
    await Promise.all([old.client.end(), target.client.end()]);
  });

  it('is no backup of what its schema has not got and nobody has named', async () => {
    const target = await emptyDatabase();
    const copy = await withManifest(() => ({ handMade: [] }));
    await expect(restoreFrom(copy, target)).rejects.toThrow(
      'the database has no velro.odd.id, which the backup has',
    );
    expect(await rowsOf(target.client, 'velro', 'users')).toEqual([]);
    await target.client.end();
  });

  it('goes on behind its rows where it was cut before the migrations that came since, or begins again where it is told to', async () => {
    const [old, first] = [await emptyDatabase(), await emptyDatabase()];
    const migrations = readMigrations();
    const later = migrations.slice(-3).map(({ version }) => version);
    await migrate({ ownerUrl: old.ownerUrl, appUrl: old.appUrl }, migrations.slice(0, -3));
    await old.client.query('insert into velro.users (id, email) values ($1, $2)', [ada, canary]);
    const folders = [temporary(), temporary()];
    const names: string[] = [];
    for (const made of folders)
      names.push((await writeBackup(origin(old.ownerUrl.reveal()), new BackupFolder(made), recipient)).name);
    const open = (at: number) =>
      ReadBackup.open(new BackupFolder(folders[at] ?? ''), names[at] ?? '', reader());
    const { ownerUrl } = first;
    let asked = 0;
    const cutBeforeMigrating: RestoreTarget = {
      ...first,
      get ownerUrl() {
        // For two connections before the rows, for the migrations before them, and for those behind them.
        if (++asked === 4) throw new Error('killed');
        return ownerUrl;
      },
    };
    await expect(restore(await open(0), cutBeforeMigrating)).rejects.toThrow('killed');
    expect(await restoreStateOf(first.client)).toBe('interrupted');
    await expect(restore(await open(1), first)).rejects.toThrow(
      `has the rows of another backup, and nothing was changed: --backup ${names[0] ?? ''} goes on with it`,
    );
    expect(await restoreStateOf(first.client)).toBe('interrupted');
    expect(await restore(await open(0), first)).toEqual(later);
    expect(await restoreStateOf(first.client)).toBe('restored');
    await expect(restore(await open(1), first)).rejects.toThrow('not empty, and nothing was changed');
    await first.client.query('create schema theirs; create table theirs.kept (n int)');
    expect(await restore(await open(1), first, { restarts: true })).toEqual(later);
    expect(await restoreStateOf(first.client)).toBe('restored');
    expect((await first.client.query('select id from velro.users')).rows).toEqual([{ id: ada }]);
    expect((await first.client.query('select from theirs.kept')).rowCount).toBe(0);
    await Promise.all([old.client.end(), first.client.end()]);
  });

  it('fails with its target, leaves nothing there, and the database goes on', async () => {
    const root = temporary();
    class FailingTarget extends BackupFolder {
      override async put(name: string, body: AsyncIterable<Uint8Array>): Promise<void> {
        if (!name.endsWith('pair_filler.copy.zst.age')) {
          await super.put(name, body);
          return;
        }
        for await (const _piece of body) throw new Error('the disk is full');
      }
    }
    const made = writeBackup(origin(cluster.ownerUrl), new FailingTarget(root), recipient);
    await expect(made).rejects.toThrow('the disk is full');
    expect(
      readdirSync(join(root, partOf('.', '.')), { recursive: true }).filter((file) =>
        String(file).endsWith('.age'),
      ),
    ).toEqual([]);
    const working = `select from pg_stat_activity where application_name = 'velro-backup'`;
    await until(async () => (await source.query(working)).rowCount === 0, 'an end of the copying');
  });

  it('fails when its connection is cut, and leaves nothing that looks like a backup', async () => {
    const root = temporary();
    class CuttingFolder extends BackupFolder {
      override async put(file: string, body: AsyncIterable<Uint8Array>): Promise<void> {
        if (file.includes('pair_filler')) await cut();
        await super.put(file, body);
      }
    }
    const made = writeBackup(origin(cluster.ownerUrl), new CuttingFolder(root), recipient);
    await expect(made).rejects.toThrow();
    expect(await backupsIn(new BackupFolder(root))).toEqual([]);
  });

  it('is not made for a recipient that is none, and the message does not repeat it', async () => {
    const to = temporary();
    for (const wrong of [identity, 'age1', '']) {
      const made = writeBackup(origin(cluster.ownerUrl), new BackupFolder(to), wrong);
      await expect(made).rejects.toThrow(/^the recipient is not a public key of age/);
    }
    expect(readdirSync(to)).toEqual([]);
    expect(() => decryptionBy(`# only a comment\n${recipient}`)).toThrow('the file holds no identity of age');
  });
});
