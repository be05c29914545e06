import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whether the disk of a folder, which may not exist yet, has so many bytes and a file left; true where it does not say. */
export async function hasFreeSpace(folder: string, bytes: number): Promise<boolean> {
  const found = await statfs(folder)
    .catch(() => statfs(dirname(folder)))
    .catch(() => null);
  if (found === null || found.blocks === 0) return true;
  // Some file systems count no files.
  const hasFiles = found.files === 0 || found.ffree > 0;
  return hasFiles && found.bavail * found.bsize >= bytes;
}
