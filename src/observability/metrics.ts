import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { counters, labelledCounters, type CounterName } from '../../config/policy/operations/metrics.js';
import { noRoute } from '../network/client-context.js';
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

  private readonly labelled: Readonly<Record<keyof typeof labelledCounters, Counter>>;

  constructor(events: SecurityEvents) {
    const labelledOf = (name: keyof typeof labelledCounters): Counter => {
      const { help, labels } = labelledCounters[name];
      return new Counter({ name, help, labelNames: [...labels], registers: [this.registry] });
    };
    this.labelled = {
      auth_failures_by_kind: labelledOf('auth_failures_by_kind'),
      rate_limit_violations_by_rule: labelledOf('rate_limit_violations_by_rule'),
      errors_by_code: labelledOf('errors_by_code'),
      adaptive_limit_changes: labelledOf('adaptive_limit_changes'),
    };
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
      this.countByLabel(event, name);
    });
  }

  /** An error answer; `code` is one of the catalogue. */
  countError(code: string): void {
    this.labelled.errors_by_code.inc({ code });
  }

  private countByLabel(
    { event, signal, attack, level, route, details }: SecurityEvent,
    name: CounterName | null,
  ): void {
    if (name === 'failed_auth_attempts') this.labelled.auth_failures_by_kind.inc({ kind: signal ?? event });
    if (name === 'rate_limit_violations') {
      const rule = String(details?.['rule'] ?? 'other');
      this.labelled.rate_limit_violations_by_rule.inc({ rule, route: route ?? noRoute });
    }
    if (isLevelRise(details)) this.labelled.adaptive_limit_changes.inc({ level, attack: attack ?? 'other' });
  }

  /** Registers the metrics of this process; called by the service only, so that commands end at once. */
  measureProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  count(name: CounterName, times = 1): void {
    this.counts[name] += times;
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

/** Only the event of a rise has a score. */
const isLevelRise = (details: SecurityEvent['details']): boolean => details?.['score'] !== undefined;
