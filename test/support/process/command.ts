import { spawn, type ChildProcess } from 'node:child_process';
import { dirname } from 'node:path';
import type { Env } from '../../boot/environments.js';
import { hungAfterMs } from './wait-until.js';

/** A program in a process group of its own, with nothing of our environment but the PATH. */
export class Command {
  private output = '';
  private errors = '';
  private readonly ended: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    this.ended.catch(() => undefined);
  }

  /** `line` is split at blanks; for anything else pass the arguments apart. */
  static start(line: string | readonly string[], options: { cwd: string; env?: Env }): Command {
    const [program = '', ...args] = typeof line === 'string' ? line.split(' ') : line;
    // Commands that say `node` mean the one that runs this test.
    const path = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
    return new Command(
      spawn(program, args, {
        cwd: options.cwd,
        env: {
          PATH: path,
          HOME: options.cwd,
          NPM_CONFIG_UPDATE_NOTIFIER: 'false',
          NPM_CONFIG_LOGS_MAX: '0',
          ...options.env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      }),
    );
  }

  get stdout(): string {
    return this.output;
  }

  get stderr(): string {
    return this.errors;
  }

  get printed(): string {
    return this.output + this.errors;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** To the program itself, as a container's runtime does. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** To the whole group, as a terminal does. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  /** The exit code once all its output is here; throws, and kills it, when it takes longer. */
  async exited(timeoutMs = hungAfterMs): Promise<number | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`still running after ${timeoutMs} ms:\n${this.printed}`));
      }, timeoutMs);
    });
    try {
      return await Promise.race([this.ended, late]);
    } catch (error) {
      this.kill();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async untilPrinted(pattern: RegExp, timeoutMs = hungAfterMs): Promise<void> {
    for (const deadline = Date.now() + timeoutMs; !pattern.test(this.printed);) {
      if (!this.running || Date.now() > deadline)
        throw new Error(`did not print ${pattern.source}:\n${this.printed}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The whole group, whatever state it is in. */
  kill(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}
