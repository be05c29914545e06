// Processes that outlive the tests: a worker of Jest that is ended takes its children with it only where a spec has ended them itself.
import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  readonly pid: number;
  readonly command: string;
}

/** Processes whose command line or environment names `folder`. None where the system has no /proc. */
export function processesOf(folder: string): Process[] {
  const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return names.flatMap((name) => {
    try {
      const [command, environment] = ['cmdline', 'environ'].map((file) =>
        readFileSync(`/proc/${name}/${file}`, 'utf8'),
      );
      if (!`${command ?? ''}\0${environment ?? ''}`.includes(folder)) return [];
      return [{ pid: Number(name), command: (command ?? '').replaceAll('\0', ' ').trim() }];
    } catch {
      // Ended meanwhile, or of somebody else.
      return [];
    }
  });
}

/** Kills them, and says which they were. */
export function endLeftovers(folder: string): void {
  let left: Process[];
  try {
    left = processesOf(folder);
  } catch {
    return;
  }
  for (const { pid, command } of left) {
    process.stdout.write(`left running by the tests, and ended: ${command.slice(0, 150)}\n`);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Ended meanwhile.
    }
  }
}
