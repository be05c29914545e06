import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Milliseconds after which the process of a draft must have ended: longer than any transfer. */
const draftOutlivedMs = 86_400_000;

/** Files written atomically and durably, also across a power failure. */
export class AtomicFiles {
  private readonly drafts: string;
  private isSwept = false;

  constructor(private readonly folder: string) {
    this.drafts = join(folder, '.parts');
  }

  /** Replaces the file at `path`, below the folder, by the bytes of `pieces`. */
  async write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    await mkdir(this.drafts, { recursive: true, mode: 0o700 });
    if (!this.isSwept) await this.sweep();
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

  /** Drafts of processes that were killed. Those of a process that is writing now are younger. */
  private async sweep(): Promise<void> {
    this.isSwept = true;
    for (const name of await readdir(this.drafts)) {
      const path = join(this.drafts, name);
      const found = await stat(path).catch(() => null);
      if (found !== null && Date.now() - found.mtimeMs > draftOutlivedMs) await rm(path, { force: true });
    }
  }
}
