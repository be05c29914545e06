import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { operatorOf } from '../support/accounts/operator.js';
import { ask } from '../support/database/database.js';
import { ModelServer } from '../support/models/model-server.js';
import { startSecond } from '../support/process/second-instance.js';
import { Service } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const get = async (service: Service, path: string) =>
  (await service.visitor().call(path, { headers: operatorOf(service) })).json;
const toggle = (service: Service, enabled: boolean) =>
  service.visitor().call('/ops/ai/toggle', { body: { enabled }, headers: operatorOf(service) });

describe('what operators see of language models', () => {
  let models: ModelServer;
  let service: Service;
  let env: Record<string, string>;
  beforeAll(async () => {
    models = await ModelServer.start();
    env = {
      AI_PROVIDER: 'gemini',
      GEMINI_API_KEY: 'key-of-the-provider',
      GEMINI_BASE_URL: models.url,
      AI_TIMEOUT_MS: '30000',
    };
    service = await Service.start(env);
  });
  afterAll(async () => {
    await service.discard();
    await models.stop();
  });
  beforeEach(() => {
    models.reset();
  });

  it('is who answers, with what was spent of the budgets', async () => {
    expect(await get(service, '/ops/ai/ping')).toEqual({
      ok: true,
      latency_ms: expect.any(Number),
      path: 'ai',
    });
    const line = service.lines().find(({ msg }) => msg === 'AI-CALL path=ai');
    expect(line).toMatchObject({ purpose: 'ping', provider: 'gemini', estimated: false });
    await until(
      async () => (await get(service, '/ops/ai/status')).budget.day.spent_microusd > 0,
      'the settled call',
    );
    expect(await get(service, '/ops/ai/status')).toMatchObject({
      ai_enabled: true,
      provider: 'gemini',
      model: 'gemini-2.5-flash-lite',
      timeout_ms: 30_000,
      routing: { generations: 'canvas', language: 'gemini', second: null, circuit: 'closed' },
      budget: {
        day: { cap_microusd: 5_000_000, reserved_microusd: 0 },
        month: { cap_microusd: 50_000_000, reserved_microusd: 0 },
      },
      limits: {
        messenger: { per_minute: 10, per_person_and_minute: 2, calls: 0 },
        other: { per_minute: 600, calls: 1 },
      },
    });
    expect((await get(service, '/ops/telemetry')).ai_calls_blocked_global).toBe(0);
  });

  it('is why nothing answers', async () => {
    models.fault = '500';
    expect(await get(service, '/ops/ai/ping')).toMatchObject({
      ok: false,
      path: 'fallback',
      error: 'provider_unavailable',
    });
    expect((await get(service, '/ops/telemetry')).ai_errors).toBe(1);
  });

  it('is nothing once the kill switch is off: no provider is asked from any instance, and what runs ends', async () => {
    const other = await startSecond(service, env);
    try {
      models.fault = 'hang before';
      const running = [service, other].map((each) => get(each, '/ops/ai/ping'));
      await until(() => models.seen.length === 2, 'both calls');
      expect((await toggle(other, false)).json).toMatchObject({ ai_enabled: false });
      for (const answer of await Promise.all(running))
        expect(answer).toMatchObject({ ok: false, error: 'ai_disabled' });
      await until(() => models.seen.every(({ left }) => left), 'the end of both requests');
      models.reset();
      for (const each of [service, other])
        expect(await get(each, '/ops/ai/ping')).toMatchObject({ ok: false, error: 'ai_disabled' });
      expect(models.seen).toEqual([]);
      await toggle(service, true);
      expect(await get(other, '/ops/ai/ping')).toMatchObject({ ok: true });
    } finally {
      await other.stop();
    }
  });

  it('holds the budget over a kill: what a killed instance did not settle is settled at its reservation', async () => {
    models.fault = 'hang before';
    const asked = get(service, '/ops/ai/ping').catch(() => null);
    await until(() => models.seen.length === 1, 'the call');
    const held = await ask<{ reserved: string }>(
      service.home,
      'select reserved_microusd reserved from velro.ai_calls where settled_at is null',
    );
    expect(held).toHaveLength(1);
    await service.kill();
    await asked;
    const before = await spent();
    await ask(service.home, 'update velro.ai_calls set expires_at = now() where settled_at is null');
    models.reset();
    service = await Service.start(env, service.home);
    await until(
      async () =>
        (await ask(service.home, 'select 1 from velro.ai_calls where settled_at is null')).length === 0,
      'the sweep',
    );
    expect(await spent()).toEqual({ day: before.day + Number(held[0]?.reserved), reserved: 0 });
  });

  const spent = async (): Promise<{ day: number; reserved: number }> => {
    const [row] = await ask<{ spent: string; reserved: string }>(
      service.home,
      "select spent_microusd spent, reserved_microusd reserved from velro.budget_sums where scope = 'total:ai' and period like 'D%'",
    );
    return { day: Number(row?.spent), reserved: Number(row?.reserved) };
  };
});

describe('the embedded language model', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.discard());

  it('answers a fresh clone, and costs nothing', async () => {
    expect(await get(service, '/ops/ai/ping')).toMatchObject({ ok: true, path: 'ai' });
    expect(await get(service, '/ops/ai/status')).toMatchObject({
      provider: 'local',
      model: 'velro/local',
      budget: { day: { spent_microusd: 0 } },
    });
  });

  it('has a budget like any other, of which each spent share is told once, whichever instance sees it', async () => {
    const other = await startSecond(service);
    try {
      await ask(
        service.home,
        `insert into velro.budget_sums (scope, period, reserved_microusd, spent_microusd)
         values ('total:ai', 'D' || to_char(now() at time zone 'UTC', 'YYYY-MM-DD'), 0, 4200000)
         on conflict (scope, period) do update set spent_microusd = excluded.spent_microusd`,
      );
      const told = () =>
        [service, other]
          .flatMap((each) => each.lines())
          .filter(({ msg }) => msg === 'SECURITY-EVENT BUDGET share reached');
      await until(() => told().length === 2, 'both shares');
      expect(told().map(({ share }) => share)).toEqual([0.5, 0.8]);
      await Promise.all([service.logged(), other.logged()]);
      expect(told()).toHaveLength(2);
    } finally {
      await other.stop();
    }
  });
});
