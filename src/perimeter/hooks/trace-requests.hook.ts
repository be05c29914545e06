import { context, SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { noRoute } from '../../network/client-context.js';
import { readTraceparent } from '../../network/trace-id.js';
import { contextOf, startSpan } from '../../observability/tracing/spans.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The span of the request; null where requests are not traced. */
    traceSpan: { readonly span: Span; readonly within: Context } | null;
  }
}

/**
 * A span for each request, under the one that its `traceparent` names. Its trace is the `trace_id` of every line and event of the request.
 * To be added before every other hook.
 */
export function traceRequests(server: FastifyInstance): void {
  server.decorateRequest('traceSpan', null);
  server.addHook('onRequest', (request, _reply, done) => {
    const above = contextOf(readTraceparent(request.headers['traceparent']) ?? undefined);
    const span = startSpan(request.method, SpanKind.SERVER, { 'http.request.method': request.method }, above);
    request.traceId = span.spanContext().traceId;
    request.traceSpan = { span, within: trace.setSpan(above, span) };
    context.with(request.traceSpan.within, done);
  });
  // A body comes in by events of the connection, which know nothing of the span.
  server.addHook('preValidation', (request, _reply, done) => {
    if (request.traceSpan === null) done();
    else context.with(request.traceSpan.within, done);
  });
  server.addHook('onResponse', (request, reply, done) => {
    const span = request.traceSpan?.span;
    if (span !== undefined) {
      const route = request.is404 ? noRoute : (request.routeOptions.url ?? noRoute);
      span.updateName(`${request.method} ${route}`);
      span.setAttributes({ 'http.route': route, 'http.response.status_code': reply.statusCode });
      if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    }
    done();
  });
}
