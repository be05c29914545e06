import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedError } from './embedded-error.js';
import { processBirth } from './process-identity.js';

interface Holder {
  readonly pid: number;
  readonly birth: string;
}

/**
 * One instance per VELRO_HOME. The lock is a file that names its holder by process id and birth, so a holder that was
 * killed holds nothing. Made complete under another name and linked into place: a reader never sees half a lock.
 */
export class InstanceLock {
  private constructor(private readonly path: string) {}

  /** Takes the lock, or throws an `EmbeddedError` that names the living holder. */
  static take(home: string): InstanceLock {
    const path = join(home, 'instance.lock');
    const draft = `${path}.${process.pid}`;
    const mine: Holder = { pid: process.pid, birth: processBirth(process.pid) ?? '' };
    writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
    try {
      for (let attempt = 0; attempt < 5; attempt++) {
        if (tryLink(draft, path)) return new InstanceLock(path);
        const holder = readHolder(path);
        if (holder !== null && processBirth(holder.pid) === holder.birth) {
          throw new EmbeddedError(
            `another instance (process ${holder.pid}) is using ${home}: stop it, or set VELRO_HOME to another folder`,
          );
        }
        // Moved aside before it is removed: of two that find the same dead lock, one moves it and one fails.
        try {
          renameSync(path, `${draft}.dead`);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        }
      }
      throw new EmbeddedError(
        `the lock of ${home} could not be taken: several instances are starting at once`,
      );
    } finally {
      rmSync(draft, { force: true });
      rmSync(`${draft}.dead`, { force: true });
    }
  }

  release(): void {
    if (readHolder(this.path)?.pid === process.pid) unlinkSync(this.path);
  }
}

function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string): Holder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('birth' in value)) return null;
    return typeof value.pid === 'number' && typeof value.birth === 'string'
      ? { pid: value.pid, birth: value.birth }
      : null;
  } catch {
    return null;
  }
}
