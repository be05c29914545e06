import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { counters, type CounterName } from '../../config/policy/operations/metrics.js';
import { SecurityEvents, type SecurityEvent } from './security-events.js';

/** Values by label, or one. */
export type Reading = number | Readonly<Record<string, number>>;

/** Counters, gauges and histograms, in the text format of Prometheus. Security events are counted by a listener. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  private readonly counts = Object.fromEntries(Object.keys(counters).map((name) => [name, 0])) as Record<
    CounterName,
    number
  >;

  constructor(events: SecurityEvents) {
    for (const [name, help] of Object.entries(counters)) {
      const read = (): number => this.counts[name as CounterName];
      const counter = new Counter({
        name,
        help,
        registers: [this.registry],
        collect(): void {
          counter.reset();
          counter.inc(read());
        },
      });
    }
    events.listen((event) => {
      const name = counterOf(event);
      if (name !== null) this.count(name);
    });
  }

  /** Registers the metrics of this process; called by the service only, so that commands end at once. */
  measureProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  count(name: CounterName): void {
    this.counts[name]++;
  }

  /** Every counter since the start. */
  get totals(): Readonly<Record<CounterName, number>> {
    return this.counts;
  }

  /** Registers a gauge that is read at each scrape; with `label`, one series for each key of the reading. */
  gauge(name: string, help: string, read: () => Reading | Promise<Reading>, label?: string): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [this.registry],
      async collect(): Promise<void> {
        const reading = await read();
        if (typeof reading === 'number') gauge.set(reading);
        else if (label !== undefined)
          for (const [value, number] of Object.entries(reading)) gauge.set({ [label]: value }, number);
      },
    });
  }
}

/** The counter of an event, or null. Events of the threat levels are not counted as further attempts. */
function counterOf({ event, signal, attack, counts }: SecurityEvent): CounterName | null {
  if (counts !== undefined) return counts;
  if (attack !== undefined) return null;
  if (event === 'excess_rate_limit_exceeded') return 'rate_limit_violations';
  if (event === 'malicious_csp_violation') return 'security_header_violations';
  if (event === 'authn_login_fail' || event === 'authn_login_fail_max') return 'failed_auth_attempts';
  const isMade = signal?.startsWith('token_') === true || signal?.startsWith('key_') === true;
  return isMade ? 'failed_auth_attempts' : null;
}
