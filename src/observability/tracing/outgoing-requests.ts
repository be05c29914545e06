import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { context, SpanKind, trace, type Span } from '@opentelemetry/api';
import { currentTraceparent, fail, startSpan } from './spans.js';

/** A request of `fetch`, as Node's channels show it. */
interface FetchRequest {
  readonly method?: string;
  addHeader(name: string, value: string): void;
}

/** A span for each `fetch` that is made within another span, and its `traceparent` with it. Where it goes is not said. Returns what stops it. */
export function traceFetches(): () => void {
  // Without an end of its own, as of an answer that nobody reads, a span goes with its request.
  const spans = new WeakMap<object, Span>();
  const end = (request: object): void => {
    spans.get(request)?.end();
    spans.delete(request);
  };
  const listeners: Readonly<Record<string, (message: unknown) => void>> = {
    'undici:request:create': (message) => {
      if (trace.getActiveSpan() === undefined) return;
      const { request } = message as { readonly request: FetchRequest };
      const method = request.method ?? 'GET';
      const span = startSpan(method, SpanKind.CLIENT, { 'http.request.method': method }, context.active());
      spans.set(request, span);
      const header = currentTraceparent(span);
      if (header !== null) request.addHeader('traceparent', header);
    },
    'undici:request:headers': (message) => {
      const { request, response } = message as {
        readonly request: object;
        readonly response: { readonly statusCode: number };
      };
      spans.get(request)?.setAttribute('http.response.status_code', response.statusCode);
    },
    'undici:request:trailers': (message) => {
      end((message as { readonly request: object }).request);
    },
    'undici:request:error': (message) => {
      const { request, error } = message as { readonly request: object; readonly error: unknown };
      const span = spans.get(request);
      if (span !== undefined) fail(span, error);
      end(request);
    },
  };
  for (const [name, listener] of Object.entries(listeners)) subscribe(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) unsubscribe(name, listener);
  };
}
