import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import {
  counters,
  labelledCounters,
  seriesAtMost,
  seriesFromStart,
  type CounterName,
  type LabelledCounterName,
} from '../../config/policy/operations/metrics.js';
import { noRoute } from '../network/client-context.js';
import { DurationHistogram } from './durations.js';
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

  private readonly labelled: Readonly<Record<LabelledCounterName, BoundedCounter>>;

  constructor(events: SecurityEvents) {
    this.labelled = Object.fromEntries(
      Object.entries(labelledCounters).map(([name, { help, labels }]) => [
        name,
        new BoundedCounter(new Counter({ name, help, labelNames: [...labels], registers: [this.registry] })),
      ]),
    ) as Record<LabelledCounterName, BoundedCounter>;
    for (const [name, help] of Object.entries(counters))
      this.counter(name, help, () => this.counts[name as CounterName]);
    for (const labels of seriesFromStart.generations_ended) this.countBy('generations_ended', labels, 0);
    for (const labels of seriesFromStart.webhook_deliveries) this.countBy('webhook_deliveries', labels, 0);
    events.listen((event) => {
      const name = counterOf(event);
      if (name !== null) this.count(name);
      this.countByLabel(event, name);
    });
  }

  /** An error answer; `code` is one of the catalogue. */
  countError(code: string): void {
    this.countBy('errors_by_code', { code });
  }

  private countByLabel(
    { event, signal, attack, level, route, details }: SecurityEvent,
    name: CounterName | null,
  ): void {
    if (name === 'failed_auth_attempts') this.countBy('auth_failures_by_kind', { kind: signal ?? event });
    if (name === 'rate_limit_violations') {
      const rule = String(details?.['rule'] ?? 'other');
      this.countBy('rate_limit_violations_by_rule', { rule, route: route ?? noRoute });
    }
    if (isLevelRise(details)) this.countBy('adaptive_limit_changes', { level, attack: attack ?? 'other' });
  }

  /** Registers the metrics of this process; called by the service only, so that commands end at once. */
  measureProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  count(name: CounterName, times = 1): void {
    this.counts[name] += times;
  }

  /** `labels`: each of a closed list, as `labelledCounters` names them. */
  countBy<Name extends LabelledCounterName>(
    name: Name,
    labels: Readonly<Record<(typeof labelledCounters)[Name]['labels'][number], string>>,
    by = 1,
  ): void {
    this.labelled[name].inc(labels, by);
  }

  /** A histogram of seconds whose series are created with `of`. */
  durations(name: string, help: string, bounds: readonly number[]): DurationHistogram {
    return new DurationHistogram({ name, help }, bounds, this.registry);
  }

  /** Every counter since the start. */
  get totals(): Readonly<Record<CounterName, number>> {
    return this.counts;
  }

  /** Registers a counter whose value is kept elsewhere and read at each scrape. */
  counter(name: string, help: string, read: () => number): void {
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

/** A counter that holds `seriesAtMost` series, and one for what is beyond them. */
class BoundedCounter {
  private readonly known = new Set<string>();

  constructor(private readonly counter: Counter) {}

  inc(labels: Readonly<Record<string, string>>, by: number): void {
    const key = JSON.stringify(labels);
    if (!this.known.has(key)) {
      if (this.known.size >= seriesAtMost) {
        this.counter.inc(Object.fromEntries(Object.keys(labels).map((label) => [label, 'other'])), by);
        return;
      }
      this.known.add(key);
    }
    this.counter.inc({ ...labels }, by);
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
