import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Log } from '../observability/log.js';
import { Background } from './background.js';
import { PeriodicTask } from './periodic-task.js';

/** Deletes expired rows periodically while the application runs. On shutdown, the batch under way is the last. */
@Background()
export abstract class Purge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  /** `rows`: what the log calls them when a run fails. */
  protected constructor(everySeconds: number, rows: string, log: Log) {
    this.task = new PeriodicTask({
      everyMs: everySeconds * 1000,
      run: (signal) => this.run(signal),
      onError: (cause) => {
        log.warn(`${rows} could not be purged`, { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  /** One run; starts no further batch once `signal` is aborted. */
  abstract run(signal: AbortSignal): Promise<void>;
}
