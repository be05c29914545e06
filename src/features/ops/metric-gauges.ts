import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { queueDepth } from '../../../config/policy/operations/metrics.js';
import { Log } from '../../observability/log.js';
import { Metrics } from '../../observability/metrics.js';
import { BlockList } from '../../threats/block-list.js';
import { ThreatLevels } from '../../threats/threat-levels.js';
import { Database } from '../../database/database.js';
import { JobQueue } from '../../ports/job-queue.js';
import { Dispatcher } from '../generations/jobs/dispatcher.js';
import { GenerationsService } from '../generations/orders/generations.service.js';
import { HealthService } from '../health/health.service.js';
import { EventWriter } from '../security/events/event-writer.js';

/** What is measured by looking, at the moment somebody asks. */
@Injectable()
export class MetricGauges implements OnApplicationBootstrap {
  private depths: Readonly<Record<string, number>> = {};
  private asking: Promise<void> | null = null;
  private askedAt = -Infinity;

  constructor(
    private readonly metrics: Metrics,
    private readonly blocks: BlockList,
    private readonly levels: ThreatLevels,
    private readonly database: Database,
    private readonly queue: JobQueue,
    private readonly writer: EventWriter,
    private readonly dispatcher: Dispatcher,
    private readonly generations: GenerationsService,
    private readonly health: HealthService,
    private readonly log: Log,
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
    metrics.gauge('job_queue_depth', 'Jobs that wait, by queue.', () => this.queueDepths(), 'queue');
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
        const { database, revocations, counters } = await this.health.dependencies();
        return { database: Number(database), revocations: Number(revocations), counters: Number(counters) };
      },
      'dependency',
    );
  }

  /** As last heard: a database that does not answer holds nobody up. */
  private async queueDepths(): Promise<Readonly<Record<string, number>>> {
    if (performance.now() - this.askedAt >= queueDepth.everyMs) {
      this.askedAt = performance.now();
      this.asking ??= this.askDepths().finally(() => {
        this.asking = null;
      });
    }
    if (this.asking !== null) await Promise.race([this.asking, pause(queueDepth.waitMs)]);
    return this.depths;
  }

  private async askDepths(): Promise<void> {
    try {
      this.depths = { ...(await this.queue.depths()), ...(await this.generations.unfinished()) };
    } catch (cause) {
      this.log.debug('the depth of the queues is not known', { cause });
    }
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
