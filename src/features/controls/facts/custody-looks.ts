import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { backupPolicy } from '../../../../config/policy/operations/backup.js';
import { Clock } from '../../../ports/clock.js';
import { StorageHealth } from '../../../ports/object-storage.js';
import { MalwareScanner } from '../../../ports/uploads/malware-scanner.js';
import { AccessReviewService } from '../../access-review/access-review.service.js';
import { BackupWatch } from '../../backups/backup-watch.js';
import { SelfTestWatch } from '../../backups/self-test/self-test-watch.js';
import { RetentionReport } from '../../privacy/retention/retention-report.service.js';
import type { Looks } from '../judging/seen.js';
import type { InsideFacts } from './inside-facts.js';

/** Longest wait for the scanner. */
const scanWithinMs = 5000;

export type CustodyFact = 'backup' | 'selfTest' | 'retention' | 'accessReview' | 'scanner' | 'objectStorage';

/** What backups, retention, the review of access, scanner and object storage show. */
@Injectable()
export class CustodyLooks {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'backup' | 'supabase'>,
    private readonly backups: BackupWatch,
    private readonly selfTests: SelfTestWatch,
    private readonly retention: RetentionReport,
    private readonly accessReview: AccessReviewService,
    private readonly scanner: MalwareScanner,
    private readonly storage: StorageHealth,
    private readonly clock: Clock,
  ) {}

  looks(): Looks<Pick<InsideFacts, CustodyFact>> {
    return {
      backup: () => {
        const { seen } = this.backups;
        if (seen === null) throw new Error('the runs of backups were not read yet');
        const { isExpected, lastSuccess, isOverdue } = seen;
        return this.config.backup === null && !isExpected ? null : { lastSuccess, isOverdue };
      },
      selfTest: () => {
        if (this.config.backup === null) return null;
        const { seen } = this.selfTests;
        if (seen === null) throw new Error('the results of self-tests were not read yet');
        const isOverdue =
          seen.lastPassed === null ||
          this.clock.now() - seen.lastPassed.getTime() > backupPolicy.selfTestOverdueMs;
        return { lastPassed: seen.lastPassed, isOverdue };
      },
      retention: async () => {
        const rules = await this.retention.report();
        return {
          rules: rules.length,
          overdueRows: rules.reduce((sum, { overdue }) => sum + (overdue ?? 0), 0),
        };
      },
      accessReview: async () => {
        const { lastAt, dueAt } = await this.accessReview.due();
        return { lastAt, isDue: dueAt.getTime() <= this.clock.now() };
      },
      scanner: async () => (this.scanner.isConfigured ? { isUp: await this.scans() } : null),
      objectStorage: () => ({
        kind: this.config.supabase.kind === 'embedded' ? 'disk' : 'supabase',
        isUp: this.storage.isUp(),
      }),
    };
  }

  /** Whether a text that is clean comes back as clean. */
  private async scans(): Promise<boolean> {
    try {
      const { isClean } = await this.scanner.scan(
        Readable.from([Buffer.from('a text')]),
        AbortSignal.timeout(scanWithinMs),
      );
      return isClean;
    } catch {
      return false;
    }
  }
}
