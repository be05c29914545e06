import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { hasCode } from '../../../config/values/system-error.js';
import {
  BackupTarget,
  BackupTargetUnavailable,
  requireBackupName,
  type StoredPart,
} from '../../ports/backup/backup-target.js';
import { AtomicFiles } from './atomic-files.js';

/** Backups as files below a folder, which ought to be another machine's. */
export class BackupFolder extends BackupTarget {
  private readonly files: AtomicFiles;

  constructor(private readonly folder: string) {
    super();
    this.files = new AtomicFiles(folder);
  }

  get label(): string {
    return this.folder;
  }

  async put(name: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    await this.files.write(this.pathOf(name), body);
  }

  async read(name: string): Promise<Readable | null> {
    const path = this.pathOf(name);
    try {
      return (await open(path)).createReadStream();
    } catch (cause) {
      if (hasCode(cause, 'ENOENT', 'ENOTDIR')) return null;
      throw new BackupTargetUnavailable('the folder of backups cannot be read', { cause });
    }
  }

  async *list(folder: string): AsyncGenerator<StoredPart> {
    requireBackupName(folder);
    const entries = await readdir(join(this.folder, folder), { withFileTypes: true }).catch(
      (cause: unknown) => {
        if (hasCode(cause, 'ENOENT')) return [];
        throw new BackupTargetUnavailable('the folder of backups cannot be listed', { cause });
      },
    );
    // A folder stands where the slash behind its name would.
    const sorted = entries
      // Of the file system or of a device: nothing that a backup wrote.
      .filter(({ name }) => /^[\w-][\w.-]*$/.test(name))
      .map((entry) => ({ entry, key: entry.isDirectory() ? `${entry.name}/` : entry.name }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const { entry } of sorted) {
      if (entry.isDirectory()) yield* this.list(`${folder}/${entry.name}`);
      else if (entry.isFile()) yield* this.partAt(`${folder}/${entry.name}`);
    }
  }

  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) await rm(this.pathOf(name), { force: true });
  }

  /** None where it was removed since the folder was read. */
  private async *partAt(name: string): AsyncGenerator<StoredPart> {
    const found = await stat(join(this.folder, ...name.split('/'))).catch((cause: unknown) => {
      if (hasCode(cause, 'ENOENT')) return null;
      throw new BackupTargetUnavailable('the folder of backups cannot be read', { cause });
    });
    if (found !== null) yield { name, bytes: found.size };
  }

  private pathOf(name: string): string {
    requireBackupName(name);
    return join(this.folder, ...name.split('/'));
  }
}
