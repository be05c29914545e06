import type { Mutant } from '../../mutant.ts';

const exporting = ['src/observability/tracing/span-export.spec.ts'];
const whole = ['test/journeys/tracing.spec.ts'];

/** What leaves with a trace, and whom a trace follows. */
export const tracingMutants: readonly Mutant[] = [
  {
    title: 'a span leaves with every attribute',
    file: 'src/observability/tracing/span-export.ts',
    find: 'Object.entries(span.attributes).filter(([name]) => allowed.has(name))',
    replace: 'Object.entries(span.attributes)',
    specs: exporting,
  },
  {
    title: 'a span leaves with its events',
    file: 'src/observability/tracing/span-export.ts',
    find: '  events: [],',
    replace: '  events: span.events,',
    specs: exporting,
  },
  {
    title: 'spans wait without a bound',
    file: 'src/observability/tracing/span-export.ts',
    find: 'if (this.waiting >= tracePolicy.queuedSpans) {',
    replace: 'if (this.waiting < 0) {',
    specs: exporting,
  },
  {
    title: 'a caller decides that a trace is kept',
    file: 'src/observability/tracing/start-tracing.ts',
    find: 'remoteParentSampled: kept,',
    replace: '',
    specs: whole,
  },
  {
    title: 'a caller chooses an id whose trace is kept',
    file: 'src/observability/tracing/keyed-sampler.ts',
    find: 'hmacSha256(this.key, traceId).readUInt32BE(0)',
    replace: 'Number.parseInt(traceId.slice(0, 8), 16)',
    specs: ['src/observability/tracing/keyed-sampler.spec.ts'],
  },
  {
    title: 'a generation is worked on outside of the trace of its order',
    file: 'src/features/generations/orders/acceptance.repository.ts',
    find: '${currentTraceparent()}',
    replace: '${null}::text',
    specs: whole,
  },
  {
    title: 'whom the service asks is not told of the trace',
    file: 'src/adapters/https/single-request.ts',
    find: 'headers: { ...headers, ...traceHeaders }',
    replace: 'headers: { ...traceHeaders, ...headers, traceparent: "" }',
    specs: whole,
  },
  {
    title: 'a job stands outside of the trace of whom enqueued it',
    file: 'src/adapters/pg-boss/pg-boss-queue.ts',
    find: 'traceparent === null ? { id } : { id, traceparent }',
    replace: '{ id }',
    specs: whole,
  },
  {
    title: 'what a statement took is shown without its trace',
    file: 'src/adapters/postgres/postgres-database.ts',
    find: 'event.queryDurationMillis / 1000, keptTraceId());',
    replace: 'event.queryDurationMillis / 1000);',
    specs: whole,
    test: 'has the trace at the buckets',
  },
];
