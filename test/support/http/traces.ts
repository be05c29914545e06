import type { WebhookReceiver } from './webhook-receiver.js';

/** A span as OTLP over HTTP brings it in JSON. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Wire {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<ReceivedSpan, 'attributes'> & {
        readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
      })[];
    }[];
  }[];
}

/** Every span that a receiver got as a collector. */
export const spansOf = (collector: WebhookReceiver): readonly ReceivedSpan[] =>
  collector
    .of('/v1/traces')
    .flatMap(({ body }) => (JSON.parse(body) as Wire).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
    .map(({ attributes, ...span }) => ({
      ...span,
      parentSpanId: (span.parentSpanId as string | undefined) ?? '',
      attributes: Object.fromEntries(
        attributes.map(({ key, value }) => [key, value['intValue'] ?? value['stringValue'] ?? value]),
      ),
    }));
