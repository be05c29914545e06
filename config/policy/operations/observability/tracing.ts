/** What a span may say: everything else is taken out of it before it leaves. No prompt, address, path, query, header or text of a person. */
export const spanAttributes = [
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'db.system.name',
  'db.operation.name',
  'messaging.system',
  'messaging.destination.name',
  'gen_ai.operation.name',
  'gen_ai.provider.name',
  'gen_ai.request.model',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'error.type',
  'velro.peer',
  'velro.generation.step',
] as const;
export type SpanAttribute = (typeof spanAttributes)[number];

/** Bounds of what waits to be exported, and of each export. */
export const tracePolicy = {
  /** Spans in memory; further ones are lost, and counted. */
  queuedSpans: 4096,
  spansPerExport: 512,
  exportEveryMs: 2000,
  exportTimeoutMs: 5000,
  concurrentExports: 2,
  /** Characters of a text that a span carries. */
  attributeCharacters: 200,
  /** How long the shutdown waits for what is still to be exported. */
  flushMs: 3000,
  /** How often at most a collector that is away is logged. */
  troubleEveryMs: 60_000,
} as const;
