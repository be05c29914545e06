import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { siemLimits } from '../../../../config/policy/operations/siem.js';
import { queueDepth } from '../../../../config/policy/operations/metrics.js';
import { Log } from '../../../observability/log.js';
import { Metrics } from '../../../observability/metrics.js';
import { SiemReceiver } from '../../../ports/delivery/siem-receiver.js';
import { within } from '../../../tasks/within.js';
import { SiemExportRepository, type SiemLag } from './siem-export.repository.js';

/** The lag of the export as metrics, a few seconds old; zero where nothing is exported. */
@Injectable()
export class SiemGauges implements OnApplicationBootstrap {
  private lag: SiemLag = { waiting: 0, oldestSeconds: 0, expired: 0, refused: 0 };
  private reading: Promise<void> | null = null;
  private readAt = -Infinity;

  constructor(
    private readonly metrics: Metrics,
    private readonly receiver: SiemReceiver,
    private readonly exports: SiemExportRepository,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const gauge = (name: string, help: string, read: (lag: SiemLag) => number): void => {
      this.metrics.gauge(name, help, async () => read(await this.read()));
    };
    gauge(
      'siem_events_waiting',
      'Security events that the SIEM has not taken yet.',
      ({ waiting }) => waiting,
    );
    gauge(
      'siem_oldest_waiting_seconds',
      'Age of the oldest of them; 0 without one.',
      ({ oldestSeconds }) => oldestSeconds,
    );
    gauge(
      'siem_events_expired',
      'Security events whose retention was over before the SIEM took them.',
      ({ expired }) => expired,
    );
    gauge('siem_events_refused', 'Security events that the SIEM refused alone.', ({ refused }) => refused);
  }

  private async read(): Promise<SiemLag> {
    if (!this.receiver.isConfigured) return this.lag;
    if (performance.now() - this.readAt >= siemLimits.lagEveryMs) {
      this.readAt = performance.now();
      this.reading ??= this.update().finally(() => {
        this.reading = null;
      });
    }
    // A slow database delays a scrape no longer.
    if (this.reading !== null) await within(this.reading, queueDepth.waitMs, 'late').catch(() => undefined);
    return this.lag;
  }

  private async update(): Promise<void> {
    try {
      this.lag = await this.exports.lag(siemLimits.countedAtMost);
    } catch (cause) {
      this.log.debug('the lag of the export is not known', { cause });
    }
  }
}
