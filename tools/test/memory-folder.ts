import { access, constants, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';

/** Bytes: ten services at one time take 30 MB each, and some specs write hundreds. */
const room = 6 * 1024 ** 3;

const folder = '/dev/shm';

/**
 * The folder for databases of tests: in memory where there is room for all of them, else the usual one. To copy the 1,200 files of a
 * prepared database takes half the processor time there, and what is written is thrown away before a disk would have needed it.
 */
export async function memoryFolder(): Promise<string> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize >= room && process.availableMemory() >= room ? folder : tmpdir();
  } catch {
    return tmpdir();
  }
}
