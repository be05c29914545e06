import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { backupPolicy } from '../../../config/policy/operations/backup.js';
import { Log } from '../../observability/log.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { PeriodicTask } from '../../tasks/periodic-task.js';
import { backupOverdue } from './backups.events.js';
import { BackupsRepository, type BackupState } from './backups.repository.js';

/** Says once when a backup is overdue, where backups are made. */
@Injectable()
export class BackupWatch implements OnApplicationBootstrap, OnModuleDestroy {
  /** Null before the first look. */
  seen: BackupState | null = null;
  private readonly task: PeriodicTask;

  constructor(
    private readonly backups: BackupsRepository,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: backupPolicy.watchEveryMs,
      jitter: 0.2,
      run: () => this.run(),
      onError: (cause) => {
        this.fail(cause);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
    // The first run of the task comes after its first wait.
    void this.run().catch((cause: unknown) => {
      this.fail(cause);
    });
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  async run(): Promise<void> {
    const state = await this.backups.state();
    this.seen = state;
    if (!state.isExpected || !state.isOverdue) return;
    if (await this.backups.claimOverdue(state.lastSuccess)) backupOverdue(this.events, state);
  }

  private fail(cause: unknown): void {
    this.log.warn('the backups could not be looked at', { cause });
  }
}
