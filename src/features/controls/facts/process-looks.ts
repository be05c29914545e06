import { readFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { HealthMonitor } from '../../../ports/delivery/health-monitor.js';
import { HealthPing } from '../../health/health-ping.js';
import { Metrics } from '../../../observability/metrics.js';
import type { Looks } from '../judging/seen.js';
import type { InsideFacts } from './inside-facts.js';

/** Where the kernel says what a control group may use: of version 2, and of version 1. */
const limitFiles = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'] as const;
/** What version 1 says where there is no limit is near the largest number; no machine has a pebibyte. */
const noLimitBytes = 2 ** 50;
const requests = 'http_server_requests';

/** What the process and its metrics show. */
@Injectable()
export class ProcessLooks {
  constructor(
    private readonly metrics: Metrics,
    private readonly monitor: HealthMonitor,
    private readonly pings: HealthPing,
  ) {}

  looks(): Looks<Pick<InsideFacts, 'container' | 'metrics' | 'requests' | 'healthPing'>> {
    return {
      container: async () => ({
        // On a system without user ids there is no container of ours.
        userId: process.getuid?.() ?? 0,
        hasNoNewPrivileges: /^NoNewPrivs:\s+1$/m.test(await readFile('/proc/self/status', 'utf8')),
        memoryLimitBytes: await memoryLimit(),
        residentBytes: process.memoryUsage.rss(),
      }),
      healthPing: () => ({ isConfigured: this.monitor.isConfigured, lastTaken: this.pings.lastTaken }),
      metrics: () => {
        const names = this.metrics.registry.getMetricsAsArray().map(({ name }) => name);
        return { enabled: names.includes('suspicious_ip_blocks'), names };
      },
      requests: async () => {
        const histogram = await this.metrics.registry.getSingleMetric(requests)?.get();
        let [count, quick] = [0, 0];
        for (const { labels, value, metricName } of histogramValues(histogram?.values ?? [])) {
          // Streams last as long as somebody listens.
          if (String(labels['route'] ?? '').endsWith('/events')) continue;
          if (metricName === `${requests}_count`) count += value;
          if (metricName === `${requests}_bucket` && String(labels['le']) === '1') quick += value;
        }
        return { count, slow: count - quick };
      },
    };
  }
}

interface Sample {
  readonly labels: Readonly<Partial<Record<string, string | number>>>;
  readonly value: number;
  readonly metricName?: string;
}

/** The library types samples of histograms as those of gauges, without the name. */
const histogramValues = (values: readonly unknown[]): readonly Sample[] => values as readonly Sample[];

/** Bytes; null: none is set. @throws Error where the kernel says nothing about it */
async function memoryLimit(): Promise<number | null> {
  for (const file of limitFiles)
    try {
      const text = (await readFile(file, 'utf8')).trim();
      const bytes = Number(text);
      return text === 'max' || bytes > noLimitBytes ? null : bytes;
    } catch {
      continue;
    }
  throw new Error('the kernel says nothing about memory');
}
