import { readFileSync, readlinkSync } from 'node:fs';

/** Where a process id means something: in one boot of the machine and, in containers, in one PID namespace. */
export interface ProcessSpace {
  readonly boot: string;
  readonly pids: string;
}

/** The space of this process; empty strings where the system has no such thing. */
export const ownSpace = (): ProcessSpace => ({
  boot: orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
  pids: orEmpty(() => readlinkSync('/proc/self/ns/pid')),
});

/**
 * What our own list of processes says about a process of another space. `restarted`: it ended with its machine.
 * `unseen`: it may be alive in another container, where we cannot see it. `same`: its id means to us what it meant there.
 */
export function relationTo(other: Partial<ProcessSpace>, own = ownSpace()): 'same' | 'restarted' | 'unseen' {
  if (differ(other.boot, own.boot)) return 'restarted';
  return differ(other.pids, own.pids) ? 'unseen' : 'same';
}

/** Unknown is not different: files of earlier versions name no space. */
const differ = (one = '', other: string): boolean => one !== '' && other !== '' && one !== other;

/** The space that a JSON object names. */
export function spaceIn(value: object): Partial<ProcessSpace> {
  const boot: unknown = Reflect.get(value, 'boot');
  const pids: unknown = Reflect.get(value, 'pids');
  return { ...(typeof boot === 'string' ? { boot } : {}), ...(typeof pids === 'string' ? { pids } : {}) };
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
