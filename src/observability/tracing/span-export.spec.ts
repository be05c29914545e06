import { afterEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { InMemorySpanExporter, TracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace';
import { tracePolicy } from '../../../config/policy/operations/observability/tracing.js';
import { BoundedSpans } from './span-export.js';

describe('a span on its way out', () => {
  const providers: TracerProvider[] = [];
  afterEach(async () => {
    await Promise.all(providers.splice(0).map((provider) => provider.shutdown()));
  });
  const counts = { exported: 0, lost: 0 };
  const tracerTo = (exporter: SpanExporter) => {
    Object.assign(counts, { exported: 0, lost: 0 });
    const spans = new BoundedSpans(exporter, {
      exported: (count) => (counts.exported += count),
      lost: (count) => (counts.lost += count),
    });
    const provider = new TracerProvider({ spanProcessors: [spans] });
    providers.push(provider);
    return { tracer: provider.getTracer('test'), flush: () => spans.forceFlush() };
  };

  it('carries what the policy lists alone: no other attribute, event, link attribute or text of a status', async () => {
    const memory = new InMemorySpanExporter();
    const { tracer, flush } = tracerTo(memory);
    const other = tracer.startSpan('other').spanContext();
    const span = tracer.startSpan('one', {
      links: [{ context: other, attributes: { 'url.full': 'canary' } }],
    });
    span.setAttributes({ 'http.route': '/health', 'url.full': 'canary', 'db.query.text': 'canary' });
    span.recordException(new Error('canary'));
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'canary' });
    span.end();
    await flush();
    const [sent] = memory.getFinishedSpans();
    expect(sent).toMatchObject({
      name: 'one',
      attributes: { 'http.route': '/health' },
      status: { code: SpanStatusCode.ERROR },
      events: [],
    });
    expect(Object.keys(sent?.attributes ?? {})).toEqual(['http.route']);
    expect(JSON.stringify([sent?.attributes, sent?.links, sent?.status, sent?.events])).not.toContain(
      'canary',
    );
    expect(counts).toEqual({ exported: 1, lost: 0 });
  });

  it('waits for the collector up to the bound, and is lost and counted beyond it', async () => {
    let isBack = false;
    const held: (() => void)[] = [];
    const away: SpanExporter = {
      export: (_, done) => {
        const take = () => {
          done({ code: ExportResultCode.SUCCESS });
        };
        if (isBack) take();
        else held.push(take);
      },
      shutdown: () => Promise.resolve(),
    };
    const { tracer, flush } = tracerTo(away);
    for (let at = 0; at < tracePolicy.queuedSpans + 7; at++) tracer.startSpan('many').end();
    expect(counts).toEqual({ exported: 0, lost: 7 });
    isBack = true;
    for (const take of held) take();
    await flush();
    expect(counts).toEqual({ exported: tracePolicy.queuedSpans, lost: 7 });
  });

  it('is counted as lost where the collector refuses it', async () => {
    const refusing: SpanExporter = {
      export: (_, done) => {
        done({ code: ExportResultCode.FAILED, error: new Error('no') });
      },
      shutdown: () => Promise.resolve(),
    };
    const { tracer, flush } = tracerTo(refusing);
    tracer.startSpan('one').end();
    await flush().catch(() => undefined);
    expect(counts).toEqual({ exported: 0, lost: 1 });
  });
});
