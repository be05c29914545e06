import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FalFault, FalOperation } from './fal-faults.js';
import type { FalJob } from './fal-jobs.js';
import type { FalOptions } from './fal-server.js';

/** What the process is told. A fault that bends answers cannot be told: it is a function. */
export type FalOrder =
  | {
      readonly kind: 'fault';
      readonly operation: FalOperation;
      readonly fault: Exclude<FalFault, { kind: 'bent' }>;
      readonly times?: number;
    }
  | { readonly kind: 'clear' }
  | { readonly kind: 'submits' };

export interface FalAddresses {
  readonly key: string;
  readonly queueUrl: string;
  readonly jwksUrl: string;
  /** Host and port. */
  readonly mediaHost: string;
}

/** The stand-in as a process of its own, for tests that keep this one busy. */
export class FalProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly addresses: FalAddresses,
  ) {}

  static async start(options: FalOptions = {}): Promise<FalProcess> {
    const hooks = join(import.meta.dirname, '..', 'process', 'typescript-hooks.mjs');
    const child = fork(join(import.meta.dirname, 'fal-main.ts'), [JSON.stringify(options)], {
      execArgv: ['--import', hooks],
    });
    return new FalProcess(child, (await answer(child)) as FalAddresses);
  }

  /** Does as it is told and returns what was submitted so far. One order at a time. */
  async tell(order: FalOrder): Promise<readonly Pick<FalJob, 'id' | 'model' | 'webhookUrl' | 'state'>[]> {
    const answered = answer(this.child);
    this.child.send(order);
    return ((await answered) as { submits: readonly Pick<FalJob, 'id' | 'model' | 'webhookUrl' | 'state'>[] })
      .submits;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }
}

/** The next message, or an error when the process ends instead. */
async function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => {
      reject(new Error(`the stand-in ended with code ${code ?? 'none'}`));
    };
    child.once('exit', onExit).once('message', (message) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}
