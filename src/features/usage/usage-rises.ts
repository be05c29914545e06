import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { risePolicy } from '../../../config/policy/assistants/budgets.js';
import { Log } from '../../observability/log.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { Clock } from '../../ports/clock.js';
import { PeriodicTask } from '../../tasks/periodic-task.js';
import { usageRose } from './usage.events.js';
import { UsageRepository } from './usage.repository.js';

/**
 * Tells of people who use far more in a day than on their usual one, each once a day. Only those who used something since the last
 * look are looked at; an instance that dies forgets them until they use something again.
 */
@Injectable()
export class UsageRises implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly used = new Set<string>();

  constructor(
    private readonly usage: UsageRepository,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: risePolicy.everyMs,
      jitter: 0.2,
      run: (signal) => this.run(signal),
      onError: (cause) => {
        log.warn('unusual use could not be looked for', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  /** Costs no I/O. Beyond the bound a person is looked at when they next use something. */
  noteUse(userId: string): void {
    if (this.used.size < risePolicy.peopleAtMost) this.used.add(userId);
  }

  async run(signal: AbortSignal): Promise<void> {
    const day = new Date(this.clock.now()).toISOString().slice(0, 10);
    while (this.used.size > 0 && !signal.aborted) {
      const some = [...this.used].slice(0, risePolicy.batch);
      // Before they are looked at: what they use meanwhile is looked at by the next run.
      for (const userId of some) this.used.delete(userId);
      const risen = await this.usage.claimRises(some, day, risePolicy).catch((cause: unknown) => {
        for (const userId of some) this.noteUse(userId);
        throw cause;
      });
      for (const { userId, credits, cost } of risen)
        usageRose(this.events, userId, { day, credits, cost_microusd: cost });
    }
  }
}
