import { Registry } from 'prom-client';

interface Described {
  readonly name: string;
  readonly type: unknown;
}

/** What the library's types leave out. */
interface Metric {
  get(): Promise<Described>;
  /** Of histograms: `get` copies the labels of every bucket. */
  getForPromString?(): Promise<Described>;
}

interface Writer {
  getMetricsAsString(metric: Pick<Metric, 'get'>): Promise<string>;
}

const openMetricsType = Registry.OPENMETRICS_CONTENT_TYPE;
/** Holds no metric. */
const openMetrics = new Registry<typeof openMetricsType>();
openMetrics.setContentType(openMetricsType);
const writer = openMetrics as unknown as Writer;
const suffix = /_total$/;

/**
 * The metrics in the format of OpenMetrics, with exemplars. There a counter ends in `_total`, and the library (prom-client 15.1)
 * renames each, for every later scrape of any format: so what has no such name is written as of unknown type, which a query does
 * not see, and keeps its name.
 */
async function openMetricsText(registry: Registry): Promise<string> {
  const families = await Promise.all(
    (registry.getMetricsAsArray() as unknown as Metric[]).map(async (metric) => {
      const described = await (metric.getForPromString?.() ?? metric.get());
      return writer.getMetricsAsString({ get: () => Promise.resolve(inOpenMetrics(described)) });
    }),
  );
  return `${families.join('\n')}\n# EOF\n`.replaceAll(/ Nan$/gm, ' NaN');
}

function inOpenMetrics(described: Described): Described {
  if (described.type !== 'counter') return described;
  return described.name.endsWith('_total')
    ? { ...described, name: described.name.replace(suffix, '') }
    : { ...described, type: 'unknown' };
}

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** All metrics, in the format that `accept` prefers: OpenMetrics where it is asked for, else the text format of Prometheus. */
export async function metricsText(registry: Registry, accept: string | undefined): Promise<MetricsText> {
  if (prefersOpenMetrics(accept ?? ''))
    return { contentType: openMetricsType, text: await openMetricsText(registry) };
  return { contentType: registry.contentType, text: await registry.metrics() };
}

/** Whether a header asks for OpenMetrics at least as much as for plain text. */
export function prefersOpenMetrics(accept: string): boolean {
  const weightOf = (type: string): number =>
    Math.max(
      0,
      ...accept.split(',').flatMap((entry) => {
        const [name = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
        if (name !== type) return [];
        const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
        const weight = q === undefined ? 1 : Number(q);
        return Number.isNaN(weight) ? [] : [weight];
      }),
    );
  const wanted = weightOf('application/openmetrics-text');
  return wanted > 0 && wanted >= weightOf('text/plain');
}
