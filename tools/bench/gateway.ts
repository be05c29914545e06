// Benchmark of the gateway to language models, against a stand-in of Gemini on a thread of its own: the first text beside the same
// call without the gateway, a whole answer, and 500 streams that begin at once. Each call reserves and settles in the embedded database.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { build } from '../build.ts';
import type { AiCall } from '../../src/features/assistants/gateway/ai-call.ts';
import type { Config } from '../../config/config.ts';
import type { ModelRequest } from '../../src/ports/assistants/language-model.ts';
import { urlsOf } from './support/embedded-database.ts';
import { startService } from './support/service.ts';
import { median, say } from './support/figures.ts';

const answerMs = 50;
const rounds = 200;
const streams = { count: 500, pieces: 80, betweenMs: 100 };
const aims = { firstTextMs: 5, wholeMs: 60, gapMs: 100 };

/** Answers after `answerMs`; with `pieces` in the model's name so many, `betweenMs` apart. */
const standIn = `
  const { createServer } = require('node:http');
  const { parentPort } = require('node:worker_threads');
  const line = (value) => 'data: ' + JSON.stringify(value) + '\\r\\n\\r\\n';
  const text = (word) => line({ candidates: [{ content: { role: 'model', parts: [{ text: word }] }, index: 0 }] });
  const end = line({
    candidates: [{ finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 10, totalTokenCount: 20 },
  });
  createServer((request, response) => {
    request.resume().on('end', () => {
      const pieces = Number(/pieces-(\\d+)/.exec(request.url)?.[1] ?? 1);
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        let sent = 0;
        const send = () => {
          response.write(text('word '));
          if (++sent < pieces) setTimeout(send, ${streams.betweenMs});
          else response.end(end);
        };
        send();
      }, ${answerMs});
    });
  }).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port); });
`;

await build();
const { Secret } = await import('#dist/config/values/secret.js');
const { AiSdkModel } = await import('#dist/src/adapters/ai-sdk/ai-sdk-model.js');
const { createAnswering } = await import('#dist/src/adapters/answering.js');
const { MemoryCounters } = await import('#dist/src/adapters/memory/memory-counters.js');
const { SystemClock, SystemRandom } = await import('#dist/src/adapters/system/system.js');
const { Log } = await import('#dist/src/observability/log.js');
const { Metrics } = await import('#dist/src/observability/metrics.js');
const { SecurityEvents } = await import('#dist/src/observability/security-events.js');
const { PostgresDatabase } = await import('#dist/src/adapters/postgres/postgres-database.js');
const { AiSwitchRepository } = await import('#dist/src/features/ai-switch/ai-switch.repository.js');
const { AiSwitch } = await import('#dist/src/features/ai-switch/ai-switch.service.js');
const { AuditTrail } = await import('#dist/src/features/audit/audit-trail.service.js');
const { AuditKeys } = await import('#dist/src/features/audit/trail/audit-keys.js');
const { AuditKeysRepository } = await import('#dist/src/features/audit/trail/audit-keys.repository.js');
const { AuditRepository } = await import('#dist/src/features/audit/trail/audit.repository.js');
const { AiCallsRepository } = await import('#dist/src/features/assistants/gateway/ai-calls.repository.js');
const { AiGateway } = await import('#dist/src/features/assistants/gateway/ai-gateway.service.js');
const { CallBudget } = await import('#dist/src/features/assistants/gateway/call-budget.js');
const { CallLimits } = await import('#dist/src/features/assistants/gateway/call-limits.js');
const { CallOutcomes } = await import('#dist/src/features/assistants/gateway/call-outcomes.js');
const { CallPictures } = await import('#dist/src/features/assistants/gateway/pictures/call-pictures.js');
const { CallReservations } = await import('#dist/src/features/assistants/gateway/call-reservations.js');
const { CallSettlement } = await import('#dist/src/features/assistants/gateway/call-settlement.js');
const { answerPrices } = await import('#dist/config/policy/assistants/answer-credits.js');
const { PricedModels } = await import('#dist/src/features/assistants/gateway/priced-models.js');
const { BudgetAlerts } = await import('#dist/src/features/usage/budgets/budget-alerts.js');
const { UsageRepository } = await import('#dist/src/features/usage/usage.repository.js');
const { UsageRises } = await import('#dist/src/features/usage/usage-rises.js');
const { BudgetRepository } = await import('#dist/src/features/usage/budgets/budget.repository.js');
const { WebhookEvents } = await import('#dist/src/features/webhooks/events/webhook-events.service.js');
const { PublicUrl } = await import('#dist/src/ports/public-url.js');
const { RunningCalls } = await import('#dist/src/features/assistants/gateway/running-calls.js');

const request = (model: string): ModelRequest => ({
  model,
  system: 'Be brief.',
  messages: [{ role: 'user', text: 'What is the answer?' }],
  knowledge: [],
  maxOutputTokens: 100,
  temperature: null,
  thinking: 'off',
});
const call = (shape: AiCall['shape']): AiCall => ({
  purpose: 'chat',
  payer: { kind: 'operator' },
  agent: null,
  request: { ...request(''), model: null },
  pictures: null,
  shape,
  timeoutMs: 60_000,
  signal: null,
  requestId: null,
});
const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? 0;

const worker = new Worker(standIn, { eval: true });
const [port] = (await once(worker, 'message')) as [number];
const service = await startService();
const database = new PostgresDatabase(new Secret(urlsOf(service.home).app()), () => undefined);
let misses = 0;
const report = (text: string, value: number, aim: number): void => {
  const isMet = value <= aim;
  if (!isMet) misses++;
  say(`${isMet ? 'ok  ' : 'MISS'} ${text}: ${value.toFixed(1)} ms (aim ${aim})`);
};
try {
  await database.warm();
  const log = Log.silent();
  const events = new SecurityEvents(log);
  const clock = new SystemClock();
  const calls = new AiCallsRepository(database);
  const settlement = new CallSettlement(calls, log);
  const metrics = new Metrics(events);
  const accessOf = (name: string) =>
    ({
      provider: 'gemini',
      model: name,
      price: { input: 1, cached: 1, output: 1 },
      key: new Secret('key'),
      baseUrl: `http://127.0.0.1:${port}`,
    }) as const;
  const gatewayOf = (name: string) => {
    const config: Pick<Config, 'ai' | 'budgets'> = {
      ai: {
        enabled: true,
        first: accessOf(name),
        second: null,
        openAiTimeoutMs: 60_000,
        timeoutMs: 3000,
        maxCallsPerMinute: 10,
        maxCallsPerMinuteOther: 10_000_000,
        maxCallsPerMinutePerPsid: 2,
      },
      budgets: {
        ai: { daily: 1e12, monthly: 1e12 },
        generations: { daily: null, monthly: null },
        aiPersonDaily: 1e12,
        aiPersonMonthly: null,
        alertShares: [1],
      },
    };
    const key = { current: new Secret(randomBytes(32).toString('base64')), previous: null };
    const sealed = { audit: { enabled: true, encrypt: true, key, retentionDays: 90 }, pseudonymKey: key };
    const random = new SystemRandom();
    const keys = new AuditKeys(sealed, new AuditKeysRepository(database), random);
    const audit = new AuditTrail(sealed, keys, new AuditRepository(database), random);
    const ai = new AiSwitch(config, new AiSwitchRepository(database), audit, events);
    return new AiGateway(
      config,
      ai,
      new CallLimits(config, new MemoryCounters(clock)),
      new PricedModels(config, createAnswering(config.ai).models, answerPrices),
      new CallReservations(
        { privacy: { controller: null, contact: null, requireAiConsent: false } },
        calls,
        new CallBudget(
          { ...config, pseudonymKey: { current: new Secret('p'.repeat(32)), previous: null } },
          clock,
        ),
        new SystemRandom(),
        new BudgetAlerts(new BudgetRepository(database, new WebhookEvents(new PublicUrl(null))), events, log),
        new CallPictures(log),
      ),
      settlement,
      new CallOutcomes(log, metrics, new UsageRises(new UsageRepository(database), events, clock, log)),
      new RunningCalls({ subscribe: () => () => undefined } as never, ai, log),
    );
  };
  const gateway = gatewayOf('stand-in');
  const model = new AiSdkModel(accessOf('stand-in'));

  const direct: number[] = [];
  const through: number[] = [];
  const whole: number[] = [];
  for (let round = -20; round < rounds; round++) {
    let start = performance.now();
    for await (const part of model.answer(request('stand-in'), new AbortController().signal))
      if (part.type === 'text') break;
    if (round >= 0) direct.push(performance.now() - start);
    start = performance.now();
    const answer = await gateway.ask(call('stream'));
    if (round >= 0) through.push(performance.now() - start);
    if (answer.path === 'ai') for await (const part of answer.parts) if (part.type === 'end') break;
    start = performance.now();
    if ((await gateway.ask(call('whole'))).path !== 'ai') throw new Error('no answer');
    if (round >= 0) whole.push(performance.now() - start);
  }
  report(
    'the first text is later than from the provider itself',
    median(through) - median(direct),
    aims.firstTextMs,
  );
  report(`a whole answer of a provider that takes ${answerMs} ms`, median(whole), aims.wholeMs);

  const many = gatewayOf(`stand-in-pieces-${streams.pieces}`);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const gaps: number[] = [];
  let peak = 0;
  await Promise.all(
    Array.from({ length: streams.count }, async () => {
      const answer = await many.ask(call('stream'));
      if (answer.path !== 'ai') throw new Error(answer.reason);
      let last = performance.now();
      for await (const part of answer.parts) {
        if (part.type === 'text') gaps.push(performance.now() - last);
        last = performance.now();
      }
      peak = Math.max(peak, process.memoryUsage().heapUsed);
    }),
  );
  await settlement.finish();
  globalThis.gc?.();
  report(
    `p99 beyond the provider's own pace of ${gaps.length} parts of ${streams.count} streams at once`,
    Math.max(0, percentile(gaps, 0.99) - streams.betweenMs),
    aims.gapMs,
  );
  const left = (process.memoryUsage().heapUsed - before) / 1024 ** 2;
  say(
    `heap: ${((peak - before) / 1024 ** 2).toFixed(0)} MB more at the peak, ${left.toFixed(1)} MB more afterwards`,
  );
} finally {
  await database.close();
  await service.stop();
  await worker.terminate();
}
if (misses > 0) process.exitCode = 1;
