import { randomUUID } from 'node:crypto';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../../../config/values/system-error.js';

/** Files written atomically and durably, also across a power failure. */
export class AtomicFiles {
  private readonly drafts: string;

  constructor(private readonly folder: string) {
    this.drafts = join(folder, '.parts');
  }

  /** Replaces the file at `path`, below the folder, by the bytes of `pieces`. */
  async write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    await mkdir(this.drafts, { recursive: true, mode: 0o700 });
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const draft = join(this.drafts, `${randomUUID()}.part`);
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(pieces);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (error) {
      // What cannot be removed now is swept later.
      await rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
    await this.settle(dirname(path));
  }

  /** A name is durable only after an fsync of its folder, and so on up to the storage folder. */
  private async settle(folder: string): Promise<void> {
    // Windows cannot open folders.
    if (process.platform === 'win32') return;
    for (let at = folder; at.startsWith(this.folder); at = dirname(at)) {
      const handle = await open(at);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
  }

  /** Removes drafts last written before `before`, and returns how many. Ends soon after `signal`, with its reason. */
  async sweep(before: Date, signal: AbortSignal): Promise<number> {
    let count = 0;
    for await (const { name } of await draftsIn(this.drafts)) {
      signal.throwIfAborted();
      const path = join(this.drafts, name);
      const found = await stat(path).catch(() => null);
      // One that is gone was finished by its process.
      if (found === null || found.mtimeMs >= before.getTime()) continue;
      await rm(path, { force: true });
      count++;
    }
    return count;
  }
}

/** A few entries in memory at a time; none where nothing was ever written. */
async function draftsIn(folder: string): Promise<AsyncIterable<{ readonly name: string }> | []> {
  try {
    return await opendir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
