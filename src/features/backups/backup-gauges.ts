import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../../observability/metrics.js';
import { BackupWatch } from './backup-watch.js';

/** What Prometheus reads of backups: as the watch has seen it last, so that a scrape waits for no database. */
@Injectable()
export class BackupGauges implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly watch: BackupWatch,
  ) {}

  onModuleInit(): void {
    const { metrics, watch } = this;
    const lastSuccess =
      'When the last backup that succeeded was finished, in seconds since the epoch; 0: none was.';
    metrics.gauge('backup_last_success', lastSuccess, () =>
      watch.seen === null ? Number.NaN : (watch.seen.lastSuccess?.getTime() ?? 0) / 1000,
    );
    const failures = 'Backups that failed, were killed or lack objects since the last one that succeeded.';
    metrics.gauge('backup_failures', failures, () => watch.seen?.failures ?? Number.NaN);
  }
}
