import { Histogram, type Registry } from 'prom-client';

type Values = Awaited<ReturnType<Histogram['get']>>;

/** One observation of a bucket, and the trace in which it was made. */
interface Exemplar {
  readonly traceId: string;
  /** Seconds. */
  readonly value: number;
  /** Seconds since the epoch. */
  readonly at: number;
}

/** Observed durations of one combination of labels. */
export class Durations {
  /** Counts by upper bound, not cumulative; the last counts what was longer than all of them. */
  readonly counts: Float64Array;
  /** The latest of each bucket that has one. */
  readonly exemplars: (Exemplar | undefined)[] = [];
  /** Seconds. */
  sum = 0;

  constructor(
    readonly labels: Readonly<Record<string, string>>,
    private readonly bounds: readonly number[],
  ) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** `traceId`: 32 hexadecimal digits; shown in the format of OpenMetrics. */
  observe(seconds: number, traceId?: string): void {
    const { bounds, counts } = this;
    let at = 0;
    while (at < bounds.length && seconds > (bounds[at] ?? Infinity)) at++;
    counts[at] = (counts[at] ?? 0) + 1;
    this.sum += seconds;
    if (traceId !== undefined) this.exemplars[at] = { traceId, value: seconds, at: Date.now() / 1000 };
  }
}

/**
 * A histogram whose observations cost a few additions: the library's own (prom-client) looks up and validates the
 * labels at every observation, on every request. Output and names are the library's.
 */
export class DurationHistogram extends Histogram {
  private readonly series: Durations[] = [];
  /** Provides name and type as the library does; holds no data. */
  private readonly empty: Histogram;

  constructor(
    private readonly named: { readonly name: string; readonly help: string },
    private readonly bounds: readonly number[],
    registry: Registry,
  ) {
    super({ ...named, buckets: [...bounds], registers: [registry] });
    this.empty = new Histogram({ ...named, registers: [] });
  }

  /** The series of these labels; get it once and keep it for the observations. */
  of(labels: Readonly<Record<string, string>>): Durations {
    return this.add(new Durations(labels, this.bounds));
  }

  /** Shows a series that is kept elsewhere, of the same bounds. */
  add(durations: Durations): Durations {
    this.series.push(durations);
    return durations;
  }

  override async get(): Promise<Values> {
    return { ...(await this.empty.get()), values: this.series.flatMap((durations) => this.read(durations)) };
  }

  /** Called by the registry in place of `get` when it writes text. */
  getForPromString(): Promise<Values> {
    return this.get();
  }

  private read({ labels, counts, sum, exemplars }: Durations): Values['values'] {
    const { name } = this.named;
    let total = 0;
    const buckets = [...this.bounds, '+Inf'].map((le, at) => {
      total += counts[at] ?? 0;
      const bucket = { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total };
      const exemplar = exemplars[at];
      return exemplar === undefined ? bucket : { ...bucket, exemplar: written(exemplar) };
    });
    if (total === 0) return [];
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: total },
    ];
  }
}

/** As the library writes one. */
const written = ({ traceId, value, at }: Exemplar) => ({
  labelSet: { trace_id: traceId },
  value,
  timestamp: at,
});
