import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { templateHome } from '../database/template-home.js';
import { processes } from './embedded-processes.js';
import { until } from './wait-until.js';

/** Folders for VELRO_HOME, and an end for whatever runs in them. */
export class EmbeddedFolders {
  private readonly made: string[] = [];

  make({ mode = 0o755, owner = null as number | null } = {}): string {
    const folder = mkdtempSync(join(tmpdir(), 'velro-test-'));
    this.made.push(folder);
    chmodSync(folder, mode);
    if (owner !== null) chownSync(folder, owner, owner);
    return folder;
  }

  /** With its cluster and schema made, where the suite has prepared them: for whatever is not about a first start. */
  prepared(): string {
    const folder = templateHome();
    this.made.push(folder);
    return folder;
  }

  /** Ends, by their ids, the processes whose command line names one of the folders, and removes the folders. */
  async remove(): Promise<void> {
    for (const folder of this.made) {
      for (const { pid } of runningIn(folder)) killQuietly(pid);
      await until(() => runningIn(folder).length === 0, `an end of what runs in ${folder}`);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

/** The processes that were started for a folder, by what they name on their command lines or by where they work. */
export const runningIn = (folder: string) =>
  processes().filter(
    ({ pid, command }) =>
      command.some((part) => part.includes(folder)) || `${workingFolderOf(pid)}/`.startsWith(`${folder}/`),
  );

function workingFolderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** The folder of the cluster of a VELRO_HOME. */
export function clusterOf(home: string): string {
  const note = join(home, 'postgres-place');
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : join(home, 'postgres');
}

/** The path of the file that says who holds a VELRO_HOME. */
export function lockOf(home: string): string {
  const folder = join(home, 'instance-lock');
  const last = Math.max(...readdirSync(folder).map((name) => (/^\d+$/.test(name) ? Number(name) : 0)));
  return join(folder, String(last));
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
