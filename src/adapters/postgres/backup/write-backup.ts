import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { to as copyTo } from 'pg-copy-streams';
import type { Secret } from '../../../../config/values/secret.js';
import type { BackupTarget } from '../../../ports/backup/backup-target.js';
import { encryptionTo, type Stage } from './age.js';
import { backupNameOf, manifestFile, partOf } from './backup-names.js';
import { copied } from './catalog.js';
import { CopyDigest } from './digest.js';
import { fileOf, manifestText, type Manifest, type TableEntry } from './manifest.js';
import { withSnapshot, type Snapshot } from './snapshot.js';

export interface BackupSource {
  readonly ownerUrl: Secret;
  /** Whether the identities of the embedded default are in the same database. */
  readonly hasIdentities: boolean;
}

export interface WrittenBackup {
  readonly name: string;
  readonly manifest: Manifest;
}

/**
 * Writes a backup, named by the time of its snapshot. Everything in it is encrypted to `recipient`. Its manifest comes last: what a kill
 * leaves behind is no backup.
 * @throws BackupError, or the error of the database or of the target; then what was written is removed
 */
export async function writeBackup(
  source: BackupSource,
  target: BackupTarget,
  recipient: string,
): Promise<WrittenBackup> {
  const encrypt = encryptionTo(recipient);
  return await withSnapshot(source.ownerUrl, source.hasIdentities, async (snapshot) => {
    const parts = new Parts(target, backupNameOf(snapshot.takenAt), encrypt);
    try {
      const tables = await writeTables(snapshot, parts);
      const { takenAt, serverVersion, migrations, sequences } = snapshot;
      const manifest = { takenAt, serverVersion, migrations, tables, sequences };
      const text = Readable.from([Buffer.from(manifestText(manifest))]);
      await pipeline(text, parts.encrypt, parts.as(manifestFile));
      return { name: parts.backup, manifest };
    } catch (error) {
      // Without its manifest it is no backup, also where it cannot be removed.
      await parts.remove().catch(() => undefined);
      throw error;
    }
  });
}

async function writeTables(snapshot: Snapshot, parts: Parts): Promise<TableEntry[]> {
  const tables: TableEntry[] = [];
  for (const table of snapshot.tables) {
    const digest = new CopyDigest();
    const rows = snapshot.client.query(copyTo(`copy ${copied(table)} to stdout`));
    await pipeline(rows, digest, createZstdCompress(), parts.encrypt, parts.as(fileOf(table)));
    tables.push({ ...table, ...digest.result() });
  }
  return tables;
}

/** The files of a backup that is being written. */
class Parts {
  private readonly written: string[] = [];

  constructor(
    private readonly target: BackupTarget,
    readonly backup: string,
    readonly encrypt: Stage,
  ) {}

  /** The end of a pipeline that stores a file. */
  as(file: string): (body: AsyncIterable<Uint8Array>) => Promise<void> {
    const name = partOf(this.backup, file);
    this.written.push(name);
    return (body) => this.target.put(name, body);
  }

  async remove(): Promise<void> {
    await this.target.remove(this.written.toReversed());
  }
}
