// Services that specs share (test/support/services/shared-service.ts): a folder with a note of each, which outlives the processes
// of Jest that have started them.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { clusterOf } from './template.ts';

export const makeFolderOfServices = (): Promise<string> => mkdtemp(join(tmpdir(), 'velro-services-'));

/** Ends the services that are noted in the folder, with their databases, and removes their homes and the folder. */
export async function endServices(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.json')) continue;
    const { pid, home } = JSON.parse(await readFile(join(folder, name), 'utf8')) as {
      pid: number;
      home: string;
    };
    signal(pid, 'SIGKILL');
    const postmaster = join(await clusterOf(home), 'data', 'postmaster.pid');
    const [database = ''] = (await readFile(postmaster, 'utf8').catch(() => '')).split('\n');
    if (database !== '') signal(Number(database), 'SIGQUIT');
    // It writes until it ends.
    do {
      await pause(50);
      await rm(home, { recursive: true, force: true }).catch(() => undefined);
    } while (existsSync(home));
  }
  await rm(folder, { recursive: true, force: true });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}
