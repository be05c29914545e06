import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Removes a folder in which a process that is about to end may still make and remove files; gives up after about a
 * second. Looked at again each time, because `rmSync` takes a file that vanishes under it for the whole being gone.
 */
export async function removeBusyFolder(folder: string): Promise<void> {
  for (let tries = 0; existsSync(folder) && tries < 20; tries++) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // A file was made in the meantime.
    }
    if (existsSync(folder)) await sleep(50);
  }
}
