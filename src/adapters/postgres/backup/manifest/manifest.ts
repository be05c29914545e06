import type { RotatingKey } from '../../../../../config/config.js';
import type { Secret } from '../../../../../config/values/secret.js';
import { BackupError } from '../backup-error.js';
import { manifestFile } from '../backup-names.js';
import { isAuthentic, macOf } from '../../../../crypto/backup-mac.js';

/** Raised when a reader of the former format would restore something else than what was backed up. */
const format = 2;
/** Of backups before there was an HMAC: nobody knows who wrote one. */
const unauthenticatedFormat = 1;

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
  /** Mark of the public key that its objects are encrypted to; null where it was not written yet. */
  readonly recipient: string | null;
  /** Tables, columns and sequences that migrations do not make: their rows are in the backup, and a restore leaves them out. */
  readonly handMade: readonly string[];
}

/** Whose manifests are read. */
export interface ManifestAuthority {
  /** AUDIT_ENC_KEY. */
  readonly keys: RotatingKey;
  /** Also ones that anybody may have written: for when every key is lost. */
  readonly acceptsUnauthenticated: boolean;
}

export const rowsIn = ({ tables }: Manifest): number => tables.reduce((sum, { rows }) => sum + rows, 0);

/** Names of tables stand in clear, and nothing that a row says. */
export const fileOf = ({ schema, table }: Pick<TableEntry, 'schema' | 'table'>): string =>
  `${schema}.${table}.copy.zst.age`;

/** The manifest and its HMAC: the public key to which it is encrypted is known to more than may write one. */
export function manifestText(manifest: Manifest, key: Secret): string {
  const text = JSON.stringify(manifest);
  return JSON.stringify({ format, manifest: text, hmac: macOf(text, key, 'manifest') });
}

/** @throws BackupError when the text is no manifest, of another format, or of somebody else */
export function readManifest(
  text: string,
  { keys, acceptsUnauthenticated }: ManifestAuthority,
): { readonly manifest: Manifest; readonly isAuthentic: boolean } {
  const found = recordIn(text);
  const { format: given, manifest, hmac } = found;
  if (typeof given !== 'number') throw broken();
  if (given === unauthenticatedFormat) {
    if (!acceptsUnauthenticated) throw unauthenticated('has no HMAC, as it is of a former version');
    return { manifest: manifestIn(found), isAuthentic: false };
  }
  if (given !== format)
    throw new BackupError(
      `the backup has format ${given}, and this version restores format ${format}: restore it by the version that made it`,
    );
  if (typeof manifest !== 'string' || typeof hmac !== 'string') throw broken();
  const isOurs = isAuthentic(manifest, hmac, keys, 'manifest');
  if (!isOurs && !acceptsUnauthenticated)
    throw unauthenticated('was not written with AUDIT_ENC_KEY, nor with AUDIT_ENC_KEY_PREVIOUS');
  return { manifest: manifestIn(recordIn(manifest)), isAuthentic: isOurs };
}

const unauthenticated = (why: string): BackupError =>
  new BackupError(
    `${manifestFile} ${why}: anybody who knows the public key may have made it. Set the AUDIT_ENC_KEY of its time; where that is lost, --accept-unauthenticated takes it as it is`,
  );

function manifestIn(found: Record<string, unknown>): Manifest {
  const { takenAt, serverVersion, migrations, tables, sequences, recipient = null, handMade = [] } = found;
  if (typeof takenAt !== 'string' || typeof serverVersion !== 'string') throw broken();
  if (!isListOf(migrations, isMigration) || !isListOf(tables, isTable) || !isListOf(sequences, isSequence))
    throw broken();
  if (recipient !== null && !isMark(recipient)) throw broken();
  if (!isListOf(handMade, isText)) throw broken();
  return { takenAt, serverVersion, migrations, tables, sequences, recipient, handMade };
}

const broken = (): BackupError => new BackupError(`${manifestFile} is not a manifest`);

function recordIn(text: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text);
    if (isRecord(found)) return found;
  } catch {
    // Below.
  }
  throw broken();
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isListOf = <T>(value: unknown, isOne: (one: unknown) => one is T): value is T[] =>
  Array.isArray(value) && value.every(isOne);
/** Becomes a part of the name of a file. */
const isName = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z_][a-z0-9_]{0,62}$/.test(value);
/** Becomes the name of a folder. */
const isMark = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value);
const isText = (value: unknown): value is string => typeof value === 'string';
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
