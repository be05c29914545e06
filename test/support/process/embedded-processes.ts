import { readdirSync, readFileSync } from 'node:fs';
import { processBirth } from '../../../src/adapters/embedded/postgres/process-identity.js';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly command: readonly string[];
}

/** What the kernel knows about a process; null when it is gone. */
export function processOf(pid: number): Process | null {
  if (processBirth(pid) === null) return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    return { pid, parent: Number(parent), session: Number(session), command };
  } catch {
    return null;
  }
}

/** Every living process that we may look at. */
export function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processOf(Number(name)))
    .filter((process) => process !== null);
}

/** The process id of the identity service that a service has started; 0 when there is none. */
export function identityOf(service: number): number {
  return (
    processes().find(
      ({ parent, command }) =>
        parent === service && command.some((part) => part.endsWith('supabase-lite.child.js')),
    )?.pid ?? 0
  );
}

/** The environment a process was started with. */
export const environmentOf = (pid: number): string => readFileSync(`/proc/${pid}/environ`, 'utf8');

export const gone = (pid: number) => (): boolean => processBirth(pid) === null;
