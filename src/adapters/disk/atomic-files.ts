import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Milliseconds after which a draft belongs to a process that is no more: longer than any transfer. */
const draftOutlivedMs = 86_400_000;

/** Files that are there whole or not at all, also after a power cut. */
export class AtomicFiles {
  private readonly drafts: string;
  private isSwept = false;

  constructor(private readonly folder: string) {
    this.drafts = join(folder, '.parts');
  }

  /** Puts what `pieces` gives in the place of whatever is at `path`, below the folder. */
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
      await rm(draft, { force: true });
      throw error;
    }
    await this.settle(dirname(path));
  }

  /** The name is only on the disk once its folder is, and that folder's name once its own is. */
  private async settle(folder: string): Promise<void> {
    // Windows opens no folder.
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
