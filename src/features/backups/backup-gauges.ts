import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../../observability/metrics.js';
import { BackupWatch } from './backup-watch.js';
import { SelfTestWatch } from './self-test/self-test-watch.js';

/** What Prometheus reads of backups: as the watch has seen it last, so that a scrape waits for no database. */
@Injectable()
export class BackupGauges implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly watch: BackupWatch,
    private readonly selfTests: SelfTestWatch,
  ) {}

  onModuleInit(): void {
    const { metrics, watch, selfTests } = this;
    const lastSuccess =
      'When the last backup that succeeded was finished, in seconds since the epoch; 0: none was.';
    metrics.gauge('backup_last_success', lastSuccess, () =>
      watch.seen === null ? Number.NaN : (watch.seen.lastSuccess?.getTime() ?? 0) / 1000,
    );
    const failures = 'Backups that failed, were killed or lack objects since the last one that succeeded.';
    metrics.gauge('backup_failures', failures, () => watch.seen?.failures ?? Number.NaN);
    const lastTest =
      'When the last backup was restored for a test that passed, in seconds since the epoch; 0: none was.';
    metrics.gauge('backup_self_test_last_success', lastTest, () =>
      selfTests.seen === null ? Number.NaN : (selfTests.seen.lastPassed?.getTime() ?? 0) / 1000,
    );
    const failedTests = 'Self-tests of backups that failed since the last one that passed.';
    metrics.gauge('backup_self_test_failures', failedTests, () => selfTests.seen?.failures ?? Number.NaN);
  }
}
