import { PassThrough, Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import type { RotatingKey } from '../../../../config/config.js';
import { backupPolicy } from '../../../../config/policy/operations/backup.js';
import type { BackupTarget } from '../../../ports/backup/backup-target.js';
import { decryptionBy, type Stage } from './age.js';
import { BackupError } from './backup-error.js';
import { CopyDigest, nowhere, RowSum } from './digest.js';
import { backupNameOf, isBackupName, manifestFile, objectsListFile, partOf } from './backup-names.js';
import {
  fileOf,
  readManifest,
  type Manifest,
  type ManifestAuthority,
  type TableEntry,
} from './manifest/manifest.js';
import { readObjectsList, type ObjectsList } from './manifest/objects-list.js';

export interface BackupReader extends ManifestAuthority {
  /** The text of a file of `age-keygen`. */
  readonly identityFile: string;
}

/** A backup whose manifest was read. */
export class ReadBackup {
  readonly manifest: Manifest;
  /** Whether it was made with AUDIT_ENC_KEY; false only where the reader accepts others. */
  readonly isAuthentic: boolean;
  private readonly keys: RotatingKey;

  private constructor(
    private readonly target: BackupTarget,
    readonly name: string,
    private readonly decrypt: Stage,
    read: { readonly manifest: Manifest; readonly isAuthentic: boolean; readonly keys: RotatingKey },
  ) {
    this.manifest = read.manifest;
    this.isAuthentic = read.isAuthentic;
    this.keys = read.keys;
  }

  /** @throws BackupError when the target has no such backup, or the identity is another one; BackupTargetUnavailable */
  static async open(target: BackupTarget, name: string, reader: BackupReader): Promise<ReadBackup> {
    if (!isBackupName(name)) throw new BackupError('that is not the name of a backup');
    const decrypt = decryptionBy(reader.identityFile);
    const text = await textOf(await found(target, name, manifestFile), decrypt, manifestFile);
    const { manifest, isAuthentic } = readManifest(text, reader);
    // Whoever writes to the target could name an older one so that it is taken for the newest.
    if (backupNameOf(manifest.takenAt) !== name) throw new BackupError('its manifest is of another backup');
    return new ReadBackup(target, name, decrypt, { manifest, isAuthentic, keys: reader.keys });
  }

  /** Reads every table and keeps nothing. @throws BackupError naming the first file that is not as it was written */
  async verify(): Promise<void> {
    for (const table of this.manifest.tables) {
      await this.read(table, nowhere());
    }
  }

  /** Null where its objects were not asked for, or the run did not come to the end of them. @throws BackupError, BackupTargetUnavailable */
  async objects(): Promise<ObjectsList | null> {
    const stored = await this.target.read(partOf(this.name, objectsListFile));
    if (stored === null) return null;
    return readObjectsList(await textOf(stored, this.decrypt, objectsListFile), this.name, this.keys);
  }

  /** Names of the objects that the backup says it need not have. @throws BackupError, BackupTargetUnavailable */
  async gone(): Promise<ReadonlySet<string>> {
    return new Set((await this.objects())?.gone ?? []);
  }

  /**
   * Writes the COPY text of a table. Returns a sum of its rows where it is asked for, else ''.
   * @throws BackupError when it is not the one that the manifest names, after it was written
   */
  async read(table: TableEntry, into: Writable, isSummed = false): Promise<string> {
    const file = fileOf(table);
    const digest = new CopyDigest();
    const sum = isSummed ? new RowSum() : new PassThrough();
    try {
      await pipeline(
        await found(this.target, this.name, file),
        this.decrypt,
        createZstdDecompress(),
        digest,
        sum,
        into,
      );
    } catch (error) {
      throw unreadable(file, error);
    }
    const { rows, sha256 } = digest.result();
    if (sha256 !== table.sha256 || rows !== table.rows)
      throw new BackupError(`${file} is not the one that the manifest names`);
    return sum instanceof RowSum ? sum.sum : '';
  }
}

/** Fails when it is read where there is none. */
async function found(target: BackupTarget, name: string, file: string): Promise<Readable> {
  const stored = await target.read(partOf(name, file));
  if (stored === null) throw unreadable(file, new BackupError('it is missing'));
  return stored;
}

/** @throws BackupError when it cannot be decrypted, or is too long to be what a backup writes */
async function textOf(stored: Readable, decrypt: Stage, file: string): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  const keep = new Writable({
    write(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size <= backupPolicy.manifestBytes) parts.push(chunk);
      done(size <= backupPolicy.manifestBytes ? null : new BackupError('it is too long'));
    },
  });
  try {
    await pipeline(stored, decrypt, keep);
  } catch (error) {
    throw unreadable(file, error);
  }
  return Buffer.concat(parts).toString();
}

function unreadable(file: string, error: unknown): BackupError {
  // Says already which file.
  if (error instanceof BackupError && error.message.startsWith(file)) return error;
  return new BackupError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
}
