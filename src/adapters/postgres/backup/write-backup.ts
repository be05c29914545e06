import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Secret } from '../../../../config/values/secret.js';
import type { BackupTarget } from '../../../ports/backup/backup-target.js';
import { encryptionTo, markOf, type Stage } from './age.js';
import { backupNameOf, manifestFile, objectsListFile, partOf } from './backup-names.js';
import { copied } from './catalog.js';
import { CopyDigest } from './digest.js';
import { fileOf, manifestText, type Manifest, type TableEntry } from './manifest/manifest.js';
import { objectsListText } from './manifest/objects-list.js';
import type { ObjectsKept } from './objects/back-up-objects.js';
import { declareFiles } from './objects/stored-files.js';
import { withSnapshot, type Snapshot } from './snapshot.js';

export interface BackupSource {
  readonly ownerUrl: Secret;
  /** Whether the identities of the embedded default are in the same database. */
  readonly hasIdentities: boolean;
  /** AUDIT_ENC_KEY, of which the manifest has an HMAC. */
  readonly key: Secret;
}

/** Copies the objects of the files that were declared in the snapshot. */
export type CopyObjects = (client: pg.Client) => Promise<ObjectsKept>;

export interface WrittenBackup {
  readonly name: string;
  readonly manifest: Manifest;
}

/**
 * Writes a backup, named by the time of its snapshot. Everything in it is encrypted to `recipient`. Its manifest comes last: what a kill
 * leaves behind is no backup. Then `copyObjects`, and the list of what came of them.
 * @throws BackupError, or the error of the database or of the target; then what was written is removed
 */
export async function writeBackup(
  source: BackupSource,
  target: BackupTarget,
  recipient: string,
  copyObjects?: CopyObjects,
): Promise<WrittenBackup> {
  const encrypt = encryptionTo(recipient);
  const writeRows = async (snapshot: Snapshot): Promise<WrittenBackup> => {
    const parts = new Parts(target, backupNameOf(snapshot.takenAt), encrypt);
    try {
      if (copyObjects !== undefined) await declareFiles(snapshot.client);
      const tables = await writeTables(snapshot, parts);
      const { takenAt, serverVersion, migrations, sequences, handMade } = snapshot;
      const manifest = {
        takenAt,
        serverVersion,
        migrations,
        tables,
        sequences,
        handMade,
        recipient: markOf(recipient),
      };
      const text = Readable.from([Buffer.from(manifestText(manifest, source.key))]);
      await pipeline(text, parts.encrypt, parts.as(manifestFile));
      return { name: parts.backup, manifest };
    } catch (error) {
      // Without its manifest it is no backup, also where it cannot be removed.
      await parts.remove().catch(() => undefined);
      throw error;
    }
  };
  const { ownerUrl, hasIdentities, key } = source;
  return await withSnapshot(ownerUrl, hasIdentities, writeRows, async (client, { name }) => {
    if (copyObjects === undefined) return;
    const { faults, gone } = await copyObjects(client);
    const text = Readable.from([Buffer.from(objectsListText({ backup: name, faults, gone }, key))]);
    await target.put(partOf(name, objectsListFile), encrypt(text));
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
