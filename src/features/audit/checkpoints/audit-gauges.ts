import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../../../observability/metrics.js';
import { CheckpointsService } from './checkpoints.service.js';

/** What Prometheus reads of the audit log: as its latest checkpoint says, so that a scrape waits for no database. */
@Injectable()
export class AuditGauges implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly checkpoints: CheckpointsService,
  ) {}

  onModuleInit(): void {
    const { metrics, checkpoints } = this;
    metrics.gauge(
      'audit_last_checkpoint',
      'When the latest checkpoint of the audit log was taken, in seconds since the epoch.',
      () => (checkpoints.seen?.at.getTime() ?? Number.NaN) / 1000,
    );
    metrics.gauge(
      'audit_entries',
      'Entries of the audit log at its latest checkpoint.',
      () => checkpoints.seen?.entries ?? Number.NaN,
    );
  }
}
