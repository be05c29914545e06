import { knownColumns, knownSequences } from '../../../database/known-columns.js';
import { hashOf, readMigrations } from '../migration-files.js';
import type { CatalogSequence, CatalogTable } from './catalog.js';
import type { MigrationEntry } from './manifest/manifest.js';

/** Whether a name can be a part of the name of a file, and of a manifest. */
const isNameable = (name: string): boolean => /^[a-z_][a-z0-9_]{0,62}$/.test(name);

/** The tables and columns that a backup can hold; no migration gives others. */
export const nameable = (tables: readonly CatalogTable[]): CatalogTable[] =>
  tables
    .filter(({ table }) => isNameable(table))
    .map((table) => ({ ...table, columns: table.columns.filter(isNameable) }));

export const nameableSequences = (sequences: readonly CatalogSequence[]): CatalogSequence[] =>
  sequences.filter(({ sequence }) => isNameable(sequence));

/**
 * What somebody has made in the schema by hand, as `velro.notes`, `velro.users.note`, `velro.notes_id_seq`: a restore makes the schema by migrations
 * and so has not got it. Where the database has other migrations than this version, which knows its own columns, those alone whose names no
 * migration gives.
 */
export function handMadeIn(
  tables: readonly CatalogTable[],
  sequences: readonly CatalogSequence[],
  migrations: readonly MigrationEntry[],
): string[] {
  const isComparable = isOfThisVersion(migrations);
  const isForeign = (schema: string, name: string, known: readonly string[]): boolean =>
    !isNameable(name) || (isComparable && schema === 'velro' && !known.includes(name));
  return [
    ...tables.flatMap(({ schema, table, columns }) =>
      isForeign(schema, table, Object.keys(knownColumns))
        ? [`${schema}.${table}`]
        : columns
            .filter((column) => isForeign(schema, column, (knownColumns[table] ?? '').split(' ')))
            .map((column) => `${schema}.${table}.${column}`),
    ),
    ...sequences
      .filter(({ schema, sequence }) => isForeign(schema, sequence, knownSequences))
      .map(({ schema, sequence }) => `${schema}.${sequence}`),
  ];
}

function isOfThisVersion(migrations: readonly MigrationEntry[]): boolean {
  const applied = new Map(migrations.map(({ version, hash }) => [version, hash]));
  const present = readMigrations();
  return (
    present.length === applied.size &&
    present.every(
      (migration) =>
        applied.has(migration.version) &&
        [null, hashOf(migration)].includes(applied.get(migration.version) ?? null),
    )
  );
}
