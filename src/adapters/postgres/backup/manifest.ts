import { BackupError } from './backup-error.js';
import { manifestFile } from './backup-names.js';

/** Raised when a reader of the former format would restore something else than what was backed up. */
const format = 1;

export interface TableEntry {
  readonly schema: string;
  readonly table: string;
  /** In the order of the COPY text; without generated ones. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** Of the COPY text before compression, hexadecimal. */
  readonly sha256: string;
}

export interface SequenceEntry {
  readonly schema: string;
  readonly sequence: string;
  /** A bigint in decimal. */
  readonly lastValue: string;
  readonly isCalled: boolean;
}

export interface MigrationEntry {
  readonly version: string;
  readonly hash: string | null;
}

/** What a backup holds. It is written last: a folder without it is no backup. */
export interface Manifest {
  /** When the snapshot was taken, ISO 8601. */
  readonly takenAt: string;
  readonly serverVersion: string;
  readonly migrations: readonly MigrationEntry[];
  readonly tables: readonly TableEntry[];
  readonly sequences: readonly SequenceEntry[];
}

/** Names of tables stand in clear, and nothing that a row says. */
export const fileOf = ({ schema, table }: Pick<TableEntry, 'schema' | 'table'>): string =>
  `${schema}.${table}.copy.zst.age`;

export const manifestText = (manifest: Manifest): string => JSON.stringify({ format, ...manifest });

/** @throws BackupError when the text is no manifest, or of another format */
export function parseManifest(text: string): Manifest {
  const found = parsed(text);
  if (!isRecord(found) || typeof found['format'] !== 'number') throw broken();
  if (found['format'] !== format)
    throw new BackupError(
      `the backup has format ${found['format']}, and this version restores format ${format}: restore it by the version that made it`,
    );
  const { takenAt, serverVersion, migrations, tables, sequences } = found;
  if (typeof takenAt !== 'string' || typeof serverVersion !== 'string') throw broken();
  if (!isListOf(migrations, isMigration) || !isListOf(tables, isTable) || !isListOf(sequences, isSequence))
    throw broken();
  return { takenAt, serverVersion, migrations, tables, sequences };
}

const broken = (): BackupError => new BackupError(`${manifestFile} is not a manifest`);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw broken();
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isListOf = <T>(value: unknown, isOne: (one: unknown) => one is T): value is T[] =>
  Array.isArray(value) && value.every(isOne);
/** Becomes a part of the name of a file. */
const isName = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z_][a-z0-9_]{0,62}$/.test(value);
const isMatch = (value: unknown, shape: RegExp): boolean => typeof value === 'string' && shape.test(value);

const isMigration = (value: unknown): value is MigrationEntry =>
  isRecord(value) &&
  isMatch(value['version'], /^\d{14}$/) &&
  (value['hash'] === null || isMatch(value['hash'], /^[0-9a-f]{64}$/));

const isTable = (value: unknown): value is TableEntry =>
  isRecord(value) &&
  isName(value['schema']) &&
  isName(value['table']) &&
  isListOf(value['columns'], isName) &&
  Number.isSafeInteger(value['rows']) &&
  isMatch(value['sha256'], /^[0-9a-f]{64}$/);

const isSequence = (value: unknown): value is SequenceEntry =>
  isRecord(value) &&
  isName(value['schema']) &&
  isName(value['sequence']) &&
  isMatch(value['lastValue'], /^-?\d{1,19}$/) &&
  typeof value['isCalled'] === 'boolean';
