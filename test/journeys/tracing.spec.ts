import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spanAttributes } from '../../config/policy/operations/observability/tracing.js';
import { eventually, falEnvironment, Customer } from '../support/fal/fal-service.js';
import { FalServer } from '../support/fal/fal-server.js';
import { ModelServer } from '../support/models/model-server.js';
import { spansOf, type ReceivedSpan } from '../support/http/traces.js';
import { answers, hostile, WebhookReceiver } from '../support/http/webhook-receiver.js';
import { Service, signUp } from '../support/process/service.js';

const metricsToken = randomBytes(24).toString('hex');
const newTrace = (): string => randomBytes(16).toString('hex');
const parentOf = (trace: string, flags = '01'): Record<string, string> => ({
  traceparent: `00-${trace}-${randomBytes(8).toString('hex')}-${flags}`,
});
const traceIn = (header: unknown): string => String(header).split('-')[1] ?? '';

/** Of the lines of a request, which come a moment behind its answer. */
async function traceOf(service: Service, requestId: unknown): Promise<string> {
  const found = () => service.lines().find((one) => one['request_id'] === requestId);
  await eventually(() => found() !== undefined);
  return String(found()?.['trace_id']);
}

const tracing = (collector: WebhookReceiver) => ({
  TRACING_ENABLED: 'true',
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.at('/').replace(/\/$/, ''),
  OTEL_EXPORTER_OTLP_HEADERS: 'x-key=canary%20of%20the%20collector',
});

describe('a traced service', () => {
  let collector: WebhookReceiver;
  let receiver: WebhookReceiver;
  let fal: FalServer;
  let models: ModelServer;
  let service: Service;
  beforeAll(async () => {
    [collector, receiver, fal, models] = await Promise.all([
      WebhookReceiver.start(),
      WebhookReceiver.start(),
      FalServer.start(),
      ModelServer.start(),
    ]);
    service = await Service.start({
      ...falEnvironment(fal),
      ...tracing(collector),
      AI_PROVIDER: 'gemini',
      GEMINI_API_KEY: 'key-of-the-provider',
      GEMINI_BASE_URL: models.url,
      AI_TIMEOUT_MS: '20000',
      METRICS_TOKEN: metricsToken,
    });
  });
  afterAll(async () => {
    await service.discard();
    await Promise.all([collector.stop(), receiver.stop(), fal.stop(), models.stop()]);
  });

  const spansIn = async (
    trace: string,
    isWhole: (spans: readonly ReceivedSpan[]) => boolean,
  ): Promise<readonly ReceivedSpan[]> => {
    const inTrace = () => spansOf(collector).filter(({ traceId }) => traceId === trace);
    await eventually(() => isWhole(inTrace()));
    return inTrace();
  };
  const has = (name: string) => (spans: readonly ReceivedSpan[]) => spans.some((span) => span.name === name);

  it('has a span for a request and its statements, by the route template, under the caller of the request', async () => {
    const { token, visitor } = await signUp(service);
    const trace = newTrace();
    const headers = parentOf(trace);
    const { headers: answered } = await visitor.call('/api/v1/auth/me?canary=canary-in-the-query', {
      token,
      headers,
    });
    const spans = await spansIn(trace, has('GET /api/v1/auth/me'));
    const request = spans.find(({ name }) => name === 'GET /api/v1/auth/me');
    expect(request).toMatchObject({
      parentSpanId: headers['traceparent']?.split('-')[2],
      attributes: { 'http.request.method': 'GET', 'http.route': '/api/v1/auth/me' },
    });
    expect(Number(request?.attributes['http.response.status_code'])).toBeGreaterThanOrEqual(200);
    const statement = spans.find(({ name }) => name.startsWith('postgresql '));
    expect(statement).toMatchObject({
      parentSpanId: request?.spanId,
      attributes: { 'db.system.name': 'postgresql' },
    });
    expect(await traceOf(service, answered['x-request-id'])).toBe(trace);
  });

  it('has one trace from the order of a generation over its worker and fal to the webhook that tells of its end', async () => {
    const account = await signUp(service);
    const ada = new Customer(account);
    const { json: endpoint } = await account.visitor.call('/api/v1/webhook-endpoints', {
      token: account.token,
      body: { url: receiver.at('/told', answers(204)), event_types: ['generation.completed'] },
    });
    expect(endpoint.id).toEqual(expect.any(String));
    const trace = newTrace();
    const { json } = await account.visitor.call('/api/v1/generations', {
      token: account.token,
      headers: parentOf(trace),
      body: {
        model_id: 'fal-ai/flux-pro/v1.1-ultra',
        prompt: 'canary-in-the-prompt over the sea',
        parameters: { aspect_ratio: '1:1', output_format: 'png' },
      },
    });
    await eventually(() => fal.jobs.all.length > 0);
    const job = fal.jobs.all.at(-1);
    expect(traceIn(job?.headers['traceparent'])).toBe(trace);
    await fal.complete(job?.id ?? '');
    await fal.call(job?.id ?? '');
    expect(await ada.ended(json.id)).toMatchObject({ status: 'completed' });
    const [told] = await receiver.until('/told');
    expect(traceIn(told?.headers['traceparent'])).toBe(trace);
    // One that tells of no generation is delivered all the same.
    await account.visitor.call(`/api/v1/webhook-endpoints/${String(endpoint.id)}/test`, {
      method: 'POST',
      token: account.token,
      body: {},
    });
    await receiver.until('/told', 2);
    const wanted = [
      'POST /api/v1/generations',
      'generation submit',
      'POST fal',
      'generation follow',
      'webhook delivery',
      'POST webhook receiver',
    ];
    const spans = await spansIn(trace, (all) => wanted.every((name) => has(name)(all)));
    const [order, submit, sent] = wanted.map((wanted) => spans.find(({ name }) => name === wanted));
    expect([submit?.parentSpanId, sent?.parentSpanId]).toEqual([order?.spanId, submit?.spanId]);
  });

  it('has one trace from a mail that a request asks for to the job that sends it', async () => {
    const { token, visitor } = await signUp(service);
    const trace = newTrace();
    const { status } = await visitor.call('/api/v1/privacy/export', {
      method: 'POST',
      token,
      headers: parentOf(trace),
    });
    expect(status).toBe(202);
    const spans = await spansIn(trace, (all) => all.some(({ name }) => name.startsWith('process ')));
    expect(spans.find(({ name }) => name.startsWith('process '))?.attributes).toMatchObject({
      'messaging.system': 'pg-boss',
    });
  });

  it('hands the trace of a chat on to the provider, and says model and tokens without the text', async () => {
    const { token, visitor } = await signUp(service);
    models.reset();
    models.pieces = ['canary-in-the-answer'];
    const trace = newTrace();
    const { status } = await visitor.call('/api/v1/chat', {
      token,
      headers: parentOf(trace),
      body: { message: 'canary-in-the-message' },
    });
    expect(status).toBe(200);
    expect(traceIn(models.seen.at(-1)?.headers['traceparent'])).toBe(trace);
    const isCall = ({ attributes }: ReceivedSpan): boolean => attributes['gen_ai.provider.name'] === 'gemini';
    const spans = await spansIn(trace, (all) => all.some(isCall));
    const call = spans.find(isCall);
    expect(Number(call?.attributes['gen_ai.usage.output_tokens'])).toBeGreaterThan(0);
  });

  it('has the trace at the buckets of what a request, its statements and a call of a provider took', async () => {
    const account = await signUp(service);
    const trace = newTrace();
    const { status } = await account.visitor.call('/api/v1/chat', {
      token: account.token,
      headers: parentOf(trace),
      body: { message: 'a question' },
    });
    expect(status).toBe(200);
    const named = async (): Promise<string[]> => {
      const headers = { accept: 'application/openmetrics-text' };
      const { text } = await service.visitor().call('/metrics', { token: metricsToken, headers });
      const lines = text.split('\n').filter((line) => line.includes(`# {trace_id="${trace}"}`));
      return [...new Set(lines.map((line) => line.split('_bucket{')[0] ?? ''))].sort();
    };
    await eventually(async () => (await named()).length === 4);
    expect(await named()).toEqual([
      'ai_call_seconds',
      'ai_first_text_seconds',
      'database_statements',
      'http_server_requests',
    ]);
  });

  it('begins a trace of its own where the request names none, or none that is valid', async () => {
    for (const traceparent of ['', '00-xyz', `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`]) {
      const { headers } = await service.visitor().call('/health', { headers: { traceparent } });
      const trace = await traceOf(service, headers['x-request-id']);
      expect(trace).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
      const spans = await spansIn(trace, has('GET /health'));
      expect(spans.find(({ name }) => name === 'GET /health')?.parentSpanId).toBe('');
    }
  });

  it('says nothing but what the policy lists, and nothing that a person wrote', async () => {
    await eventually(() => spansOf(collector).length > 20);
    const allowed: readonly string[] = spanAttributes;
    for (const { name, attributes } of spansOf(collector)) {
      expect(Object.keys(attributes).filter((key) => !allowed.includes(key))).toEqual([]);
      expect(name).toMatch(/^[\w ./:*-]+$/);
    }
    const sent = collector.of('/v1/traces').map(({ body }) => body);
    expect(sent.join()).not.toMatch(/canary|@example|127\.0\.0|eyJ|select |insert |Bearer/i);
  });

  it('sends the headers that the collector asks for', () => {
    expect(collector.of('/v1/traces')[0]?.headers['x-key']).toBe('canary of the collector');
  });
});

describe('a traced service whose collector is in trouble', () => {
  const reactions = {
    'answers with errors': answers(400),
    resets: hostile.resets,
    'answers garbage': hostile.garbage,
    'answers without an end': hostile.floods,
    hangs: hostile.hangs,
  };
  let collector: WebhookReceiver;
  let service: Service;
  beforeAll(async () => {
    collector = await WebhookReceiver.start();
    service = await Service.start({ ...tracing(collector), METRICS_TOKEN: metricsToken });
  });
  afterAll(async () => {
    await service.discard();
    await collector.stop();
  });

  const counted = async (name: string): Promise<number> => {
    const { text } = await service
      .visitor()
      .call('/metrics', { headers: { authorization: `Bearer ${metricsToken}` } });
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  };

  it.each(Object.entries(reactions))(
    'that %s, goes on answering and counts what is lost',
    async (_, reaction) => {
      const before = await counted('trace_spans_lost');
      collector.at('/v1/traces', reaction);
      await eventually(async () => (await counted('trace_spans_lost')) > before);
      expect((await service.visitor().call('/health')).status).toBe(200);
    },
  );

  it('takes the spans again once it is back', async () => {
    collector.at('/v1/traces');
    const before = await counted('trace_spans_exported');
    await eventually(async () => (await counted('trace_spans_exported')) > before);
  });

  it('stops in time while its collector hangs, and says what was lost without the headers', async () => {
    collector.at('/v1/traces', hostile.hangs);
    expect(await service.stop()).toBe(0);
    const told = service.lines().filter(({ msg }) => msg.startsWith('traces are lost'));
    expect(told).toHaveLength(1);
    expect(service.printed).not.toContain('canary of the collector');
  });
});

describe('a service that keeps no trace', () => {
  it('hands none to the collector, though a caller asks for it, and has trace ids all the same', async () => {
    const collector = await WebhookReceiver.start();
    const service = await Service.start({ ...tracing(collector), OTEL_TRACES_SAMPLER_ARG: '0' });
    try {
      const trace = newTrace();
      const { headers } = await service.visitor().call('/health', { headers: parentOf(trace) });
      expect(await traceOf(service, headers['x-request-id'])).toBe(trace);
      expect(await service.stop()).toBe(0);
      expect(collector.received).toEqual([]);
    } finally {
      await service.discard();
      await collector.stop();
    }
  });
});
