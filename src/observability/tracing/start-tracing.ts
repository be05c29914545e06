import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { ParentBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Config } from '../../../config/config.js';
import { tracePolicy } from '../../../config/policy/operations/observability/tracing.js';
import type { Secret } from '../../../config/values/secret.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { within } from '../../tasks/within.js';
import { traceFetches } from './outgoing-requests.js';
import { KeyedSampler } from './keyed-sampler.js';
import { BoundedSpans, type SpanCounts } from './span-export.js';

/**
 * Spans of requests, statements, jobs and outgoing calls go to a collector by OTLP over HTTP (JSON). To be called once, before the first
 * request. `secret`: of this deployment, so that its instances keep the same traces. A collector that is away costs spans and nothing else. Returns what exports the rest and stops.
 */
export function startTracing(
  { endpoint, headers, share }: NonNullable<Config['tracing']>,
  secret: Secret,
  service: { readonly environment: string; readonly instance: string },
  metrics: Pick<Metrics, 'count'>,
  log: Pick<Log, 'warn'>,
): () => Promise<void> {
  const counts = countedBy(metrics, log);
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, value.reveal()])),
    timeoutMillis: tracePolicy.exportTimeoutMs,
    concurrencyLimit: tracePolicy.concurrentExports,
  });
  // A caller may name the trace, and decides neither by that nor by its flag whether it is kept: else strangers would fill the collector.
  const kept = new KeyedSampler(secret, share);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'velro',
      'service.instance.id': service.instance,
      'deployment.environment.name': service.environment,
    }),
    sampler: new ParentBasedSampler({ root: kept, remoteParentSampled: kept, remoteParentNotSampled: kept }),
    spanLimits: { attributeValueLengthLimit: tracePolicy.attributeCharacters, attributeCountLimit: 16 },
    spanProcessors: [new BoundedSpans(exporter, counts)],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  const stopFetches = traceFetches();
  return async () => {
    stopFetches();
    await within(
      provider.shutdown(),
      tracePolicy.flushMs,
      'the collector of traces did not take the last spans',
    ).catch((cause: unknown) => {
      counts.lost(0, cause);
    });
    trace.disable();
    context.disable();
  };
}

function countedBy(metrics: Pick<Metrics, 'count'>, log: Pick<Log, 'warn'>): SpanCounts {
  let toldAt = -Infinity;
  return {
    exported: (count) => {
      metrics.count('trace_spans_exported', count);
    },
    lost: (count, cause) => {
      metrics.count('trace_spans_lost', count);
      if (performance.now() - toldAt < tracePolicy.troubleEveryMs) return;
      toldAt = performance.now();
      log.warn('traces are lost: their collector does not take them', { cause });
    },
  };
}
