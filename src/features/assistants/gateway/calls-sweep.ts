import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { modelCallPolicy } from '../../../../config/policy/assistants/calls.js';
import { Log } from '../../../observability/log.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { AiCallsRepository } from './ai-calls.repository.js';
import { Background } from '../../../tasks/background.js';

const { sweepBatch, sweepEveryMs, keepDays } = modelCallPolicy;

/**
 * Settles the calls of instances that ended without doing so, and deletes settled ones after their time. Several instances
 * may do so at once: each call is settled once.
 */
@Background()
@Injectable()
export class CallsSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    private readonly calls: AiCallsRepository,
    private readonly log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: sweepEveryMs,
      jitter: 0.2,
      run: (signal) => this.run(signal),
      onError: (cause) => {
        log.warn('lost calls of language models could not be settled', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  async run(signal: AbortSignal): Promise<void> {
    let count = 0;
    await inBatches(
      sweepBatch,
      async () => {
        const lost = await this.calls.lost(sweepBatch);
        let settled = 0;
        for (const id of lost) if (!signal.aborted && (await this.settle(id))) settled++;
        count += settled;
        // Those that cannot be settled come again at the next run, and not in this one.
        return settled === lost.length ? lost.length : 0;
      },
      signal,
    );
    if (count > 0) this.log.warn('calls of language models that nobody settled were settled', { count });
    await inBatches(sweepBatch, () => this.calls.purge(keepDays, sweepBatch), signal);
  }

  /** One that cannot be settled does not keep the others. */
  private async settle(id: string): Promise<boolean> {
    try {
      return await this.calls.settleLost(id);
    } catch (cause) {
      this.log.error('a lost call of a language model cannot be settled', { cause, id });
      return false;
    }
  }
}
