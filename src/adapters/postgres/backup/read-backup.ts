import { Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { backupPolicy } from '../../../../config/policy/operations/backup.js';
import type { BackupTarget } from '../../../ports/backup/backup-target.js';
import { decryptionBy, type Stage } from './age.js';
import { BackupError } from './backup-error.js';
import { CopyDigest, nowhere } from './digest.js';
import { backupNameOf, isBackupName, manifestFile, partOf } from './backup-names.js';
import { fileOf, parseManifest, type Manifest, type TableEntry } from './manifest.js';

/** A backup whose manifest was read. */
export class ReadBackup {
  private constructor(
    private readonly target: BackupTarget,
    readonly name: string,
    private readonly decrypt: Stage,
    readonly manifest: Manifest,
  ) {}

  /** @throws BackupError when the target has no such backup, or the identity is another one; BackupTargetUnavailable */
  static async open(target: BackupTarget, name: string, identityFile: string): Promise<ReadBackup> {
    if (!isBackupName(name)) throw new BackupError('that is not the name of a backup');
    const decrypt = decryptionBy(identityFile);
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
      await pipeline(await stored(target, name, manifestFile), decrypt, keep);
    } catch (error) {
      throw unreadable(manifestFile, error);
    }
    const manifest = parseManifest(Buffer.concat(parts).toString());
    // Whoever writes to the target could name an older one so that it is taken for the newest.
    if (backupNameOf(manifest.takenAt) !== name) throw new BackupError('its manifest is of another backup');
    return new ReadBackup(target, name, decrypt, manifest);
  }

  /** Reads every table and keeps nothing. @throws BackupError naming the first file that is not as it was written */
  async verify(): Promise<void> {
    for (const table of this.manifest.tables) {
      await this.read(table, nowhere());
    }
  }

  /** Writes the COPY text of a table. @throws BackupError when it is not the one that the manifest names, after it was written */
  async read(table: TableEntry, into: Writable): Promise<void> {
    const file = fileOf(table);
    const digest = new CopyDigest();
    try {
      await pipeline(
        await stored(this.target, this.name, file),
        this.decrypt,
        createZstdDecompress(),
        digest,
        into,
      );
    } catch (error) {
      throw unreadable(file, error);
    }
    const { rows, sha256 } = digest.result();
    if (sha256 !== table.sha256 || rows !== table.rows)
      throw new BackupError(`${file} is not the one that the manifest names`);
  }
}

async function stored(target: BackupTarget, name: string, file: string): Promise<Readable> {
  const found = await target.read(partOf(name, file));
  if (found === null) throw new BackupError('it is missing');
  return found;
}

function unreadable(file: string, error: unknown): BackupError {
  return new BackupError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
}
