import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { chatPolicy } from '../../../../../config/policy/assistants/chat.js';
import { Log } from '../../../../observability/log.js';
import { inBatches } from '../../../../tasks/in-batches.js';
import { PeriodicTask } from '../../../../tasks/periodic-task.js';
import { RunsRepository } from './runs.repository.js';
import { textOf } from './stream-part.js';
import { Background } from '../../../../tasks/background.js';

/** Ends answers whose instance is gone, as far as they came, and deletes parts that nobody reads any more. */
@Background()
@Injectable()
export class RunsSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    private readonly runs: RunsRepository,
    log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: chatPolicy.sweepEveryMs,
      jitter: 0.2,
      run: (signal) => this.run(signal),
      onError: (cause) => {
        log.warn('lost answers could not be ended', { cause });
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
    const { sweepBatch } = chatPolicy;
    for (const { id, parts } of await this.runs.lost(sweepBatch)) {
      const text = textOf(parts);
      const facts = {
        path: 'ai',
        reason: 'provider_unavailable',
        model: null,
        ended: 'broken',
        sources: [],
      } as const;
      await this.runs.finish(id, [], { ...facts, text }, { onlyIfLost: true });
    }
    await inBatches(sweepBatch, () => this.runs.purge(sweepBatch), signal);
  }
}
