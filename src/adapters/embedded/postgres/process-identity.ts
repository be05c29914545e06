import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * The start time of a process, as an opaque string; null when there is no such process. A process id alone is not
 * unique: ids are reused.
 */
export function processBirth(pid: number): string | null {
  // Zero and below address process groups.
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      // The name in brackets may hold spaces; the fields after it do not. Field 3 is the state, 22 the start in ticks.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? null : (fields[19] ?? null);
    }
    if (process.platform === 'win32') return 'alive';
    return ps(pid, 'lstart') || null;
  } catch {
    return null;
  }
}

/** Whether a living process runs `program` and names `folder` on its command line, or works in it. */
export function runsIn(pid: number, program: string, folder: string): boolean {
  try {
    if (process.platform === 'linux') {
      const [path = '', ...rest] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (basename(path) !== program) return false;
      return rest.includes(folder) || readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
    }
    if (process.platform === 'win32') return processBirth(pid) !== null;
    const command = ps(pid, 'command');
    return new RegExp(`(^|/)${program} `).test(command) && command.includes(folder);
  } catch {
    return false;
  }
}

/** Sends a signal only to the process with this start time, not to a later one with the same id. */
export function signalProcess(pid: number, birth: string, signal: NodeJS.Signals): void {
  if (processBirth(pid) !== birth) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resolves true once the process has ended, false when it still runs after `timeoutMs`. */
export async function waitUntilGone(
  pid: number,
  timeoutMs: number,
  birth = processBirth(pid),
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (birth !== null && processBirth(pid) === birth) {
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

function ps(pid: number, column: string): string {
  return execFileSync('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], {
    encoding: 'utf8',
    timeout: 2000,
  }).trim();
}
