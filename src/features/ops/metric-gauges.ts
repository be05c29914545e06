import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Metrics } from '../../observability/metrics.js';
import { BlockList } from '../../threats/block-list.js';
import { ThreatLevels } from '../../threats/threat-levels.js';
import { Database } from '../../database/database.js';
import { Dispatcher } from '../generations/jobs/dispatcher.js';
import { HealthService } from '../health/health.service.js';
import { EventWriter } from '../security/events/event-writer.js';
import { QueueDepths } from './queue-depths.js';

/** Gauges that are measured when the metrics are scraped. */
@Injectable()
export class MetricGauges implements OnApplicationBootstrap {
  constructor(
    private readonly metrics: Metrics,
    private readonly blocks: BlockList,
    private readonly levels: ThreatLevels,
    private readonly database: Database,
    private readonly writer: EventWriter,
    private readonly dispatcher: Dispatcher,
    private readonly health: HealthService,
    private readonly depths: QueueDepths,
  ) {}

  onApplicationBootstrap(): void {
    const { metrics } = this;
    metrics.measureProcess();
    metrics.gauge('suspicious_ip_blocks', 'Blocks in force.', () => this.blocks.size);
    metrics.gauge(
      'threat_subjects',
      'Addresses and people by threat level.',
      () => this.levels.count(),
      'level',
    );
    metrics.gauge(
      'database_pool_connections',
      'Connections of the pool, and requests that wait for one.',
      () => this.database.connections(),
      'state',
    );
    metrics.gauge('job_queue_depth', 'Jobs that wait, by queue.', () => this.depths.get(), 'queue');
    metrics.gauge(
      'generations_held',
      'Generations in the hands of this instance.',
      () => {
        const { submitting, following } = this.dispatcher.load();
        return { submitting, following };
      },
      'work',
    );
    metrics.gauge('generation_provider_up', '1: asked; 0: left alone for a moment, or tried.', () =>
      Number(this.dispatcher.load().circuit === 'closed'),
    );
    metrics.gauge(
      'security_events_waiting',
      'Security events that wait for the database.',
      () => this.writer.size,
    );
    metrics.gauge(
      'security_events_dropped',
      'Security events that stand in the log alone.',
      () => this.writer.dropped,
    );
    metrics.gauge(
      'dependency_up',
      '1: there; 0: away.',
      async () => {
        const { database, revocations, counters, storage } = await this.health.dependencies();
        return {
          database: Number(database),
          revocations: Number(revocations),
          counters: Number(counters),
          storage: Number(storage),
        };
      },
      'dependency',
    );
  }
}
