import type pg from 'pg';
import type { Secret } from '../../../../config/values/secret.js';
import { restoredQuery } from '../../../database/unopened-restore.js';
import { BackupError } from './backup-error.js';
import { nameOf, sequencesOf, tablesOf, type CatalogSequence, type CatalogTable } from './catalog.js';
import { handMadeIn, nameable, nameableSequences } from './hand-made.js';
import type { MigrationEntry, SequenceEntry } from './manifest/manifest.js';
import { requireSession, withOwner } from './owner-client.js';

/** One state of the database, whatever is written meanwhile. */
export interface Snapshot {
  readonly client: pg.Client;
  readonly takenAt: string;
  readonly serverVersion: string;
  readonly migrations: readonly MigrationEntry[];
  readonly tables: readonly CatalogTable[];
  /** Sequences know no snapshot: asked after it, they are not behind what it holds. */
  readonly sequences: readonly SequenceEntry[];
  /** What migrations do not make, of which a restore has nothing. */
  readonly handMade: readonly string[];
}

/**
 * Runs `work` with one snapshot of the database. The tables are locked against changes of the schema first: one that
 * rewrites a table would leave it empty for an older snapshot.
 * `afterwards` has the same connection, without the snapshot.
 * @throws BackupError when the schema changes meanwhile
 */
export async function withSnapshot<T>(
  ownerUrl: Secret,
  hasIdentities: boolean,
  work: (snapshot: Snapshot) => Promise<T>,
  afterwards?: (client: pg.Client, result: T) => Promise<void>,
): Promise<T> {
  return await withOwner(ownerUrl, async (client) => {
    await requireSession(client, ownerUrl);
    const { rows: marks } = await client.query<{ restored: boolean }>(restoredQuery);
    // Half a restore would be the newest backup, and the next restore one of nothing.
    if (marks[0]?.restored === true)
      throw new BackupError('the database was restored and is not opened: it is backed up once it is');
    const before = await tablesOf(client, hasIdentities);
    if (before.length === 0) throw new BackupError('the database has no tables of ours: nothing to back up');
    await client.query('begin transaction isolation level repeatable read, read only');
    const names = before.map(({ schema, table }) => nameOf(schema, table)).join(', ');
    // No snapshot is taken before the first statement that is not one of these.
    await client.query(`lock table ${names} in access share mode`);
    const { rows } = await client.query<{ at: Date; server: string }>(
      "select now() as at, current_setting('server_version') as server",
    );
    const tables = await tablesOf(client, hasIdentities);
    if (JSON.stringify(tables) !== JSON.stringify(before))
      throw new BackupError('the schema is being changed: repeat the backup after the deploy');
    const [state] = rows;
    const migrations = await migrationsOf(client);
    const sequences = await sequencesOf(client, hasIdentities);
    const result = await work({
      client,
      takenAt: (state?.at ?? new Date(0)).toISOString(),
      serverVersion: state?.server ?? '',
      migrations,
      tables: nameable(tables),
      sequences: await valuesOf(client, nameableSequences(sequences)),
      handMade: handMadeIn(tables, sequences, migrations),
    });
    // What was declared in it is kept.
    await client.query('commit');
    await afterwards?.(client, result);
    return result;
  });
}

async function migrationsOf(client: pg.Client): Promise<MigrationEntry[]> {
  const { rows } = await client.query<MigrationEntry>(
    `select version, hash from supabase_migrations.schema_migrations where version ~ '^\\d{14}$' order by version`,
  );
  return rows;
}

async function valuesOf(client: pg.Client, sequences: readonly CatalogSequence[]): Promise<SequenceEntry[]> {
  const values: SequenceEntry[] = [];
  for (const { schema, sequence } of sequences) {
    const { rows } = await client.query<{ last: string; called: boolean }>(
      `select last_value::text as last, is_called as called from ${nameOf(schema, sequence)}`,
    );
    for (const { last, called } of rows) values.push({ schema, sequence, lastValue: last, isCalled: called });
  }
  return values;
}
