import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
} from '@opentelemetry/api';
import type { SpanAttribute } from '../../../config/policy/operations/observability/tracing.js';

/** What spans carry: names that leave the service, with texts of ours alone. */
export type SpanAttributes = Readonly<Partial<Record<SpanAttribute, string | number>>>;

export interface SpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: SpanAttributes;
  /** A W3C `traceparent` under which the span stands; by default the span that is under way. */
  readonly parent?: string | null;
}

/** Without an SDK (TRACING_ENABLED=false) its spans do nothing. */
const tracer = trace.getTracer('velro');

/** Runs `work` in a span, which ends with it. What it throws is named by its class. */
export async function inSpan<T>(
  name: string,
  { kind = SpanKind.INTERNAL, attributes = {}, parent }: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const above = parent === undefined ? context.active() : contextOf(parent ?? undefined);
  const span = tracer.startSpan(name, { kind, attributes }, above);
  try {
    return await context.with(trace.setSpan(above, span), () => work(span));
  } catch (error) {
    fail(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** The trace in which what is done now stands, where that is kept: 32 hexadecimal digits. */
export function keptTraceId(): string | undefined {
  const above = trace.getActiveSpan()?.spanContext();
  return above !== undefined && (above.traceFlags & TraceFlags.SAMPLED) !== 0 ? above.traceId : undefined;
}

/** Whether what is done now stands in a trace that is kept. */
export const isTraced = (): boolean => keptTraceId() !== undefined;

/** A span that is over, of what took `durationMs` until now; nothing outside of a span. */
export function addEndedSpan(
  name: string,
  durationMs: number,
  attributes: SpanAttributes,
  error?: unknown,
): void {
  if (!isTraced()) return;
  const span = tracer.startSpan(name, {
    kind: SpanKind.CLIENT,
    attributes,
    startTime: Date.now() - durationMs,
  });
  if (error !== undefined) fail(span, error);
  span.end();
}

/** A span that the caller ends. `above`: the context that it stands in. */
export const startSpan = (name: string, kind: SpanKind, attributes: SpanAttributes, above: Context): Span =>
  tracer.startSpan(name, { kind, attributes }, above);

export function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  const attributes: SpanAttributes = { 'error.type': error instanceof Error ? error.name : typeof error };
  span.setAttributes(attributes);
}

const traceparent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The context that a `traceparent` of ours names; the root without one. */
export function contextOf(header: string | undefined): Context {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.exec(header ?? '') ?? [];
  const remote = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
  return isSpanContextValid(remote) ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
}

/** The span that is under way as a W3C `traceparent`; null where there is none. */
export function currentTraceparent(span: Span | undefined = trace.getActiveSpan()): string | null {
  const at = span?.spanContext();
  if (at === undefined || !isSpanContextValid(at)) return null;
  return `00-${at.traceId}-${at.spanId}-${(at.traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0')}`;
}

/** The header that hands the span on to whom is asked (W3C Trace Context); none where requests are not traced. */
export function traceHeader(span: Span): Readonly<Record<string, string>> {
  const header = currentTraceparent(span);
  return header === null ? {} : { traceparent: header };
}
