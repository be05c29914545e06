import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { BackupError } from './backup-error.js';
import { copied, nameOf, tablesOf } from './catalog.js';
import { nowhere, RowSum } from './digest.js';
import type { Manifest, TableEntry } from './manifest/manifest.js';
import type { ReadBackup } from './read-backup.js';

/** A table of a backup that the database has. */
interface PresentTable extends TableEntry {
  /** Columns that were made by hand, and that the database has not got. */
  readonly missing: readonly string[];
}

/**
 * The tables of the backup that the database has. Those that were made by hand it need not have.
 * @throws BackupError for another one, or a column, that is missing
 */
export async function requireTables(
  client: pg.Client,
  { tables, handMade }: Manifest,
  hasIdentities: boolean,
): Promise<PresentTable[]> {
  const present = await tablesOf(client, hasIdentities);
  const found: PresentTable[] = [];
  for (const entry of tables) {
    const { schema, table, columns } = entry;
    const one = present.find((it) => it.schema === schema && it.table === table);
    if (one === undefined && handMade.includes(`${schema}.${table}`)) continue;
    const missing = columns.filter((column) => one?.columns.includes(column) !== true);
    const unexpected = missing.find((column) => !handMade.includes(`${schema}.${table}.${column}`));
    if (unexpected !== undefined)
      throw new BackupError(`the database has no ${schema}.${table}.${unexpected}, which the backup has`);
    found.push({ ...entry, missing });
  }
  return found;
}

/**
 * Copies the rows of a backup into tables whose own rows go, in the transaction of the caller, and sets its sequences.
 * `comparesRows`: reads each table once more. @throws BackupError when it has other rows than the backup
 */
export async function copyRows(
  client: pg.Client,
  backup: ReadBackup,
  tables: readonly PresentTable[],
  comparesRows: boolean,
): Promise<void> {
  // Rows that migrations insert are in the backup as they were.
  for (const { schema, table } of tables) await client.query(`delete from ${nameOf(schema, table)}`);
  for (const table of tables)
    await withColumns(client, table, () => copyTable(client, backup, table, comparesRows));
  const { sequences, handMade } = backup.manifest;
  for (const { schema, sequence, lastValue, isCalled } of sequences) {
    const name = nameOf(schema, sequence);
    // One that was made by hand the database need not have.
    const found = handMade.includes(`${schema}.${sequence}`) ? 'to_regclass($1)' : '$1::regclass';
    await client.query(`select setval(${found}, $2, $3)`, [name, lastValue, isCalled]);
  }
}

/** COPY takes all columns or none of a line: what the table has not got stands in it as text meanwhile. */
async function withColumns(
  client: pg.Client,
  { schema, table, missing }: PresentTable,
  work: () => Promise<void>,
): Promise<void> {
  const name = nameOf(schema, table);
  for (const column of missing)
    await client.query(`alter table ${name} add column ${pg.escapeIdentifier(column)} text`);
  await work();
  for (const column of missing)
    await client.query(`alter table ${name} drop column ${pg.escapeIdentifier(column)}`);
}

async function copyTable(
  client: pg.Client,
  backup: ReadBackup,
  table: TableEntry,
  comparesRows: boolean,
): Promise<void> {
  const rowsOf = client.query(copyFrom(`copy ${copied(table)} from stdin`));
  // Before the file is open nobody else hears of it, and the process would end.
  rowsOf.on('error', () => undefined);
  const sum = await backup.read(table, rowsOf, comparesRows);
  const { rows } = await client.query<{ count: string }>(
    `select count(*) from ${nameOf(table.schema, table.table)}`,
  );
  if (rows[0]?.count !== String(table.rows))
    throw new BackupError(`${table.table} has ${rows[0]?.count} rows instead of ${table.rows}`);
  if (comparesRows && (await sumOf(client, table)) !== sum)
    throw new BackupError(`${table.table} has other rows than the backup`);
}

async function sumOf(client: pg.Client, table: TableEntry): Promise<string> {
  const sum = new RowSum();
  await pipeline(client.query(copyTo(`copy ${copied(table)} to stdout`)), sum, nowhere());
  return sum.sum;
}
