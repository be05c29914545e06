import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Removes a folder in which an ending process may still create and remove files; gives up after about a second. Retries
 * until it is gone, because `rmSync` takes a file that disappears under it for the whole folder being gone.
 */
export async function removeBusyFolder(folder: string): Promise<void> {
  for (let tries = 0; existsSync(folder) && tries < 20; tries++) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // A file was created meanwhile.
    }
    if (existsSync(folder)) await sleep(50);
  }
}
