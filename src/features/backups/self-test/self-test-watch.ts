import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { backupPolicy } from '../../../../config/policy/operations/backup.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { BackupTarget } from '../../../ports/backup/backup-target.js';
import { Clock } from '../../../ports/clock.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { selfTestOverdue } from '../backups.events.js';
import { BackupsRepository } from '../backups.repository.js';
import { selfTestState, type SelfTestState } from './self-test-results.js';

/** Says once when no backup was restored for a test for too long, where BACKUP_TARGET is configured. */
@Injectable()
export class SelfTestWatch implements OnApplicationBootstrap, OnModuleDestroy {
  /** Null before the first look, or where nothing is configured. */
  seen: SelfTestState | null = null;
  private readonly task: PeriodicTask;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'backup' | 'audit'>,
    private readonly target: BackupTarget,
    private readonly backups: BackupsRepository,
    private readonly clock: Clock,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: backupPolicy.selfTestWatchEveryMs,
      jitter: 0.2,
      run: () => this.run(),
      onError: (cause) => {
        this.fail(cause);
      },
    });
  }

  onApplicationBootstrap(): void {
    if (this.config.backup === null) return;
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
    if (this.config.backup === null) return;
    const state = await selfTestState(this.target, this.config.audit.key, this.clock.now());
    this.seen = state;
    if (await this.backups.claimSelfTestOverdue(state.lastPassed)) selfTestOverdue(this.events, state);
  }

  private fail(cause: unknown): void {
    this.log.warn('the self-tests of the backups could not be looked at', { cause });
  }
}
