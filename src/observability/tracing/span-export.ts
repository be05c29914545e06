import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { spanAttributes, tracePolicy } from '../../../config/policy/operations/observability/tracing.js';

const allowed: ReadonlySet<string> = new Set(spanAttributes);

/** What becomes of spans: for metrics and for the log. */
export interface SpanCounts {
  exported(count: number): void;
  lost(count: number, cause: unknown): void;
}

/** Spans leave with what the policy lists and nothing else: no event, which may hold the text of an error, no message of a status. */
class AllowedSpans implements SpanExporter {
  constructor(
    private readonly next: SpanExporter,
    private readonly onEnd: (count: number, result: ExportResult) => void,
  ) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.next.export(spans.map(toAllowed), (result) => {
      this.onEnd(spans.length, result);
      done(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.next.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.next.shutdown();
  }
}

const toAllowed = (span: ReadableSpan): ReadableSpan => ({
  name: span.name,
  kind: span.kind,
  spanContext: () => span.spanContext(),
  ...(span.parentSpanContext === undefined ? {} : { parentSpanContext: span.parentSpanContext }),
  startTime: span.startTime,
  endTime: span.endTime,
  status: { code: span.status.code },
  attributes: Object.fromEntries(Object.entries(span.attributes).filter(([name]) => allowed.has(name))),
  links: span.links.map((link) => ({ context: link.context })),
  events: [],
  duration: span.duration,
  ended: span.ended,
  resource: span.resource,
  instrumentationScope: span.instrumentationScope,
  droppedAttributesCount: span.droppedAttributesCount,
  droppedEventsCount: span.droppedEventsCount,
  droppedLinksCount: span.droppedLinksCount,
});

/** Waits with a bound: what comes beyond it while the collector is away or slow is lost, and counted. */
export class BoundedSpans implements SpanProcessor {
  private readonly batches: BatchSpanProcessor;
  private waiting = 0;

  constructor(exporter: SpanExporter, counts: SpanCounts) {
    const leaving = new AllowedSpans(exporter, (count, { code, error }) => {
      this.waiting -= count;
      if (code === ExportResultCode.SUCCESS) counts.exported(count);
      else counts.lost(count, error);
    });
    this.batches = new BatchSpanProcessor({
      exporter: leaving,
      maxQueueSize: tracePolicy.queuedSpans,
      maxExportBatchSize: tracePolicy.spansPerExport,
      scheduledDelayMillis: tracePolicy.exportEveryMs,
      exportTimeoutMillis: tracePolicy.exportTimeoutMs,
    });
    this.onEnd = (span) => {
      if (this.waiting >= tracePolicy.queuedSpans) {
        counts.lost(1, new Error('too many spans wait'));
        return;
      }
      this.waiting++;
      this.batches.onEnd(span);
    };
  }

  readonly onEnd: (span: ReadableSpan) => void;

  onStart(): void {
    // A span is looked at when it ends.
  }

  forceFlush(): Promise<void> {
    return this.batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.batches.shutdown();
  }
}
