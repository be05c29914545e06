import { setAiSwitch } from '../support/models/ai-switch.js';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { MemoryCounters } from '../../src/adapters/memory/memory-counters.js';
import type { PostgresDatabase } from '../../src/adapters/postgres/postgres-database.js';
import { SystemClock } from '../../src/adapters/system/system.js';
import type { AiCall, FallbackReason } from '../../src/features/assistants/gateway/ai-call.js';
import type { Executor } from '../../src/database/database.js';
import { channels } from '../../src/ports/notifications.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';
import { GatewayStage, question, read, type GatewayOptions } from '../support/models/gateway-stage.js';
import { ModelServer, type ModelFault } from '../support/models/model-server.js';
import { passingTime } from '../support/clock/passing-time.js';
import { until } from '../support/process/wait-until.js';

interface Row {
  readonly provider: string;
  readonly outcome: string | null;
  readonly reserved: number;
  readonly cost: number | null;
  readonly prompt: number | null;
  readonly output: number | null;
  readonly estimated: boolean | null;
}

describe('the gateway to language models', () => {
  let stage: MigratedDatabase;
  let first: ModelServer;
  let second: ModelServer;
  let rowsOf: Executor;
  let pools: PostgresDatabase[];
  let turn = 0;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    pools = Array.from({ length: 4 }, () => stage.connect());
    rowsOf = stage.connect().query;
    [first, second] = [await ModelServer.start(), await ModelServer.start()];
  });
  afterAll(async () => {
    await first.stop();
    await second.stop();
    await stage.stop();
  });
  beforeEach(async () => {
    first.reset();
    second.reset();
    for (const table of ['ai_calls', 'usage_days', 'budget_sums'] as const)
      await rowsOf.deleteFrom(table).execute();
    await setAiSwitch(rowsOf, true);
  });

  /** One more instance; four pools of connections are shared among all. */
  const open = (options: GatewayOptions = {}): GatewayStage => {
    const pool = pools[turn++ % pools.length];
    if (pool === undefined) throw new Error('no connections');
    return new GatewayStage(pool, first, options);
  };
  const person = (): AiCall['payer'] => ({ kind: 'person', userId: randomUUID(), key: null });
  const withKey = (caps: { dailyCap?: number; monthlyCap?: number }): AiCall['payer'] => ({
    kind: 'person',
    userId: randomUUID(),
    key: { id: randomUUID(), models: null, dailyCap: null, monthlyCap: null, ...caps },
  });
  const rows = async (one: GatewayStage): Promise<Row[]> => {
    await one.settlement.finish();
    const found = await one.database.query.selectFrom('ai_calls').selectAll().orderBy('created_at').execute();
    return found.map((row) => ({
      provider: row.provider,
      outcome: row.outcome,
      reserved: Number(row.reserved_microusd),
      cost: row.cost_microusd === null ? null : Number(row.cost_microusd),
      prompt: row.prompt_tokens === null ? null : Number(row.prompt_tokens),
      output: row.output_tokens === null ? null : Number(row.output_tokens),
      estimated: row.is_estimated,
    }));
  };
  const sums = async (one: GatewayStage): Promise<Record<string, [number, number]>> => {
    const found = await one.database.query.selectFrom('budget_sums').selectAll().execute();
    return Object.fromEntries(
      found.map((row) => [
        `${row.scope} ${row.period.slice(0, 1)}`,
        [Number(row.reserved_microusd), Number(row.spent_microusd)],
      ]),
    );
  };
  const ask = async (one: GatewayStage, more: Partial<AiCall> = {}) =>
    read(await one.gateway.ask(question({ payer: person(), ...more })));

  it('asks nobody for a model whose price is unknown', async () => {
    const one = open();
    const request = { ...question().request, model: 'gemini-of-tomorrow' };
    expect(await ask(one, { request })).toBe('fallback provider_unavailable');
    expect([first.seen.length, await rows(one)]).toEqual([0, []]);
  });

  it('gives the answer of the model, settled at what was reported, in one line', async () => {
    const one = open();
    const userId = randomUUID();
    expect(await ask(one, { payer: { kind: 'person', userId, key: null } })).toBe('The answer is 42.');
    // 8 tokens at one, 4 cached at a tenth, 6 of the answer at two.
    expect(await rows(one)).toEqual([
      expect.objectContaining({
        provider: 'gemini',
        outcome: 'answered',
        cost: 21,
        prompt: 12,
        output: 6,
        estimated: false,
      }),
    ]);
    expect(await sums(one)).toEqual({
      [`person:${userId} D`]: [0, 21],
      [`person:${userId} M`]: [0, 21],
      'total:ai D': [0, 21],
      'total:ai M': [0, 21],
    });
    expect(one.lines).toEqual([
      expect.objectContaining({
        msg: 'AI-CALL path=ai',
        path: 'ai',
        model: 'gemini-2.5-flash-lite',
        ended: 'whole',
        prompt_tokens: 12,
        cached_tokens: 4,
        output_tokens: 6,
        thought_tokens: 1,
        estimated: false,
        cost_microusd: 21,
        first_text_ms: expect.any(Number),
        total_ms: expect.any(Number),
      }),
    ]);
    expect(JSON.stringify(one.lines)).not.toMatch(/What is the answer|is 42|Be brief|key-of/);
    const [day] = await one.database.query.selectFrom('usage_days').selectAll().execute();
    expect(day).toMatchObject({
      user_id: userId,
      model: 'gemini-2.5-flash-lite',
      calls: '1',
      cost_microusd: '21',
    });
  });

  const endings: [ModelFault, FallbackReason, boolean][] = [
    ['hang before', 'ai_timeout', true],
    ['hang in the middle', 'ai_timeout', true],
    ['garbage', 'ai_error', true],
    ['reset', 'provider_unavailable', true],
    ['429', 'provider_unavailable', false],
    ['401', 'provider_unavailable', false],
    ['500', 'provider_unavailable', false],
    ['400', 'ai_error', false],
    ['empty', 'ai_error', true],
    ['blocked answer', 'ai_error', true],
    ['blocked prompt', 'ai_error', true],
    ['error after 200', 'ai_error', true],
    ['cut JSON', 'ai_error', true],
    ['wrong content type', 'ai_error', true],
    ['endless line', 'ai_error', true],
  ];
  it.each(endings)('falls back on %s: %s, in one line, settled once', async (fault, reason, isCharged) => {
    // Only what hangs needs the end of its time.
    const one = open({ ai: { timeoutMs: reason === 'ai_timeout' ? 1000 : 20_000 } });
    first.fault = fault;
    const text = await ask(one);
    expect(text).toBe(`fallback ${reason}`);
    const [row, ...more] = await rows(one);
    expect(more).toEqual([]);
    expect(row?.outcome).toBe(reason);
    expect((row?.cost ?? 0) > 0).toBe(isCharged);
    expect((await sums(one))['total:ai D']).toEqual([0, row?.cost]);
    expect(one.lines).toHaveLength(1);
    expect(one.metrics.totals.ai_errors).toBe(1);
    expect(one.lines[0]).toMatchObject({ msg: `AI-CALL path=fallback reason=${reason}`, reason });
  });

  it('of which a stream hangs in the middle breaks off in its time, with what came', async () => {
    const one = open({ ai: { timeoutMs: 4000 } });
    first.fault = 'hang in the middle';
    expect(await ask(one, { shape: 'stream' })).toBe('The | broken ai_timeout');
    expect(one.lines).toEqual([expect.objectContaining({ path: 'ai', ended: 'ai_timeout' })]);
  });

  it('charges what came of an answer that breaks off, counted here', async () => {
    const one = open();
    first.fault = 'reset in the middle';
    expect(await ask(one, { shape: 'stream' })).toBe('The | broken ai_error');
    const [row] = await rows(one);
    expect(row).toMatchObject({ outcome: 'ai_error', estimated: true, output: 1 });
    // The instructions and the question, a quarter of their characters and what surrounds them, and one token of answer.
    expect(row?.cost).toBe((row?.prompt ?? 0) + 2);
    expect(one.lines).toEqual([expect.objectContaining({ path: 'ai', ended: 'ai_error', estimated: true })]);
  });

  it('charges an answer without reported usage as counted', async () => {
    const one = open();
    first.usage = null;
    expect(await ask(one)).toBe('The answer is 42.');
    expect(await rows(one)).toEqual([
      expect.objectContaining({ outcome: 'answered', estimated: true, output: 5 }),
    ]);
  });

  it('charges a model that may have thought at the most it could write, where no usage is known', async () => {
    const one = open({ model: 'gemini-of-tomorrow' });
    first.usage = { prompt: 0, cached: 0, output: 0, thoughts: 0 };
    expect(await ask(one)).toBe('The answer is 42.');
    expect(await rows(one)).toEqual([expect.objectContaining({ estimated: true, output: 100 })]);
  });

  it('asks no second provider for an API key that may not use its model, and tries it for one that may', async () => {
    const one = open({ second, secondModel: 'gpt-4.1-mini' });
    first.fault = '500';
    const key = (models: readonly string[]) => ({
      kind: 'person' as const,
      userId: randomUUID(),
      key: { id: randomUUID(), models, dailyCap: null, monthlyCap: null },
    });
    const refused = await one.gateway.ask(question({ payer: key(['gemini-2.5-flash-lite']) }));
    expect([await read(refused), second.seen.length]).toEqual(['fallback provider_unavailable', 0]);
    const both = key(['gemini-2.5-flash-lite', 'gpt-4.1-mini']);
    expect(await read(await one.gateway.ask(question({ payer: both })))).toBe('The answer is 42.');
    expect([first.seen.length, second.seen.length]).toEqual([2, 1]);
  });

  it('charges and holds a long prompt at the dearer prices of its model, and no other', async () => {
    const { costOf, highestCostOf } = await import('../../src/features/assistants/gateway/call-price.js');
    const price = {
      input: 1000,
      cached: 100,
      output: 2000,
      long: { above: 100, input: 2000, cached: 200, output: 3000 },
    };
    const usage = { cached: 50, output: 10, thoughts: 0 };
    expect(costOf(price, { ...usage, prompt: 100 })).toBe(50 + 5 + 20);
    expect(costOf(price, { ...usage, prompt: 101 })).toBe(102 + 10 + 30);
    const { request } = question();
    const text = (characters: number) => ({
      ...request,
      messages: [{ role: 'user' as const, text: 'x'.repeat(characters) }],
    });
    expect(highestCostOf(price, text(1), 0)).toBeLessThan(
      highestCostOf({ ...price, long: { ...price.long, above: 1 } }, text(1), 0),
    );
    expect(highestCostOf(price, text(200), 0)).toBeGreaterThan(400);
  });

  it('asks nobody for a caller that has left, and takes nothing for it', async () => {
    const one = open({ ai: { maxCallsPerMinuteOther: 10 } });
    const payer = person();
    const aborted = AbortSignal.abort(new Error('gone'));
    expect(await ask(one, { payer, signal: aborted })).toBe('fallback ai_error');
    expect([await rows(one), first.seen.length, one.lines.length]).toEqual([[], 0, 1]);
    expect(await ask(one, { payer })).toBe('The answer is 42.');
  });

  it('leaves a provider alone after five failures, and asks it again ten seconds later', async () => {
    const one = open();
    const clock = passingTime();
    try {
      first.fault = '500';
      for (let call = 0; call < 6; call++) await ask(one, { timeoutMs: 60_000 });
      expect(first.seen).toHaveLength(5);
      first.fault = null;
      clock.pass(10_001);
      expect(await ask(one, { timeoutMs: 60_000 })).toBe('The answer is 42.');
    } finally {
      clock.restore();
    }
  });

  it('goes on asking a provider that lets one person or the visitors of one address wait, and not one that lets all', async () => {
    const one = open();
    first.fault = 'hang before';
    const wait = (payer: AiCall['payer']) => ask(one, { payer, timeoutMs: 100 });
    const ada = person();
    for (let call = 0; call < 6; call++) expect(await wait(ada)).toBe('fallback ai_timeout');
    for (let call = 0; call < 6; call++)
      expect(await wait({ kind: 'visitor', visitorId: randomUUID(), address: 'one address' })).toBe(
        'fallback ai_timeout',
      );
    const others: string[] = [];
    // On a busy machine some are over before they are sent.
    while (others.length < 20 && others.at(-1) !== 'fallback provider_unavailable')
      others.push(await wait(person()));
    expect(others.slice(0, 3)).toEqual(Array(3).fill('fallback ai_timeout'));
    expect(others.at(-1)).toBe('fallback provider_unavailable');
  });

  describe('in trouble', () => {
    const broken = () => Promise.reject(new Error('the database is away'));
    const limits = { maxCallsPerMinuteOther: 10, timeoutMs: 500 };

    it('asks nobody where no reservation can be made, takes nothing, and writes its line', async () => {
      const one = open({ ai: limits });
      const payer = person();
      const reserve = one.calls.reserve.bind(one.calls);
      one.calls.reserve = broken;
      expect(await ask(one, { payer })).toBe('fallback provider_unavailable');
      expect([first.seen.length, one.lines.length]).toEqual([0, 1]);
      one.calls.reserve = reserve;
      expect(await ask(one, { payer })).toBe('The answer is 42.');
    });

    it('answers also where hits cannot be given back', async () => {
      const one = open({ ai: limits });
      one.calls.reserve = broken;
      const take = one.limits.take.bind(one.limits);
      one.limits.take = async (payer) => {
        const taken = await take(payer);
        return typeof taken === 'string' ? taken : { giveBack: broken };
      };
      expect(await ask(one)).toBe('fallback provider_unavailable');
      expect(one.lines).toHaveLength(1);
    });

    it('charges nothing where the switch cannot be read behind the reservation', async () => {
      const one = open({ ai: limits });
      const reserve = one.calls.reserve.bind(one.calls);
      one.calls.reserve = async (reservation) => {
        const refusal = await reserve(reservation);
        one.notifications.tell(channels.aiSwitch);
        one.ai.read = broken;
        return refusal;
      };
      expect(await ask(one)).toBe('fallback provider_unavailable');
      expect(first.seen).toEqual([]);
      expect(await rows(one)).toEqual([expect.objectContaining({ cost: 0 })]);
    });

    it('asks nobody once its time went by for the reservation', async () => {
      const one = open({ ai: limits });
      const reserve = one.calls.reserve.bind(one.calls);
      const clock = passingTime();
      one.calls.reserve = async (reservation) => {
        const refusal = await reserve(reservation);
        clock.pass(500);
        return refusal;
      };
      try {
        expect(await ask(one)).toBe('fallback ai_timeout');
      } finally {
        clock.restore();
      }
      expect(first.seen).toEqual([]);
      expect(await rows(one)).toEqual([expect.objectContaining({ outcome: 'ai_timeout', cost: 0 })]);
    });

    it('begins no call behind its stop', async () => {
      const one = open({ ai: limits });
      const reserve = one.calls.reserve.bind(one.calls);
      one.calls.reserve = async (reservation) => {
        const refusal = await reserve(reservation);
        await one.gateway.beforeApplicationShutdown();
        return refusal;
      };
      expect(await ask(one)).toBe('fallback provider_unavailable');
      expect(first.seen).toEqual([]);
    });

    it('settles the lost calls behind one that cannot be settled', async () => {
      const one = open();
      first.fault = 'hang before';
      const asking = [0, 1].map(() => ask(one, { timeoutMs: 60_000 }));
      await until(() => first.seen.length === 2, 'both requests');
      await sql`update velro.ai_calls set expires_at = now() - interval '1 second'`.execute(rowsOf);
      // The sums of the first were changed by hand: its reservation is not in them.
      const [oldest] = await rowsOf.selectFrom('ai_calls').select('id').orderBy('created_at').execute();
      await sql`update velro.ai_calls set reserved_microusd = 1000000, expires_at = now() - interval '1 hour'
        where id = ${oldest?.id ?? ''}`.execute(rowsOf);
      await one.sweep.run(new AbortController().signal);
      expect((await rows(one)).map(({ outcome }) => outcome).sort()).toEqual(['lost', null]);
      one.running.abortAll(new Error('enough'));
      await Promise.all(asking);
    });
  });

  describe('with the kill switch off', () => {
    it('asks nobody and writes no row, whoever else would refuse', async () => {
      const one = open({ ai: { maxCallsPerMinuteOther: 1 } });
      await ask(one);
      await setAiSwitch(rowsOf, false);
      first.seen.length = 0;
      const before = await rows(one);
      expect(await ask(one)).toBe('fallback ai_disabled');
      expect([first.seen.length, await rows(one)]).toEqual([0, before]);
    });

    it.each([
      ['AI_ENABLED is false', { enabled: false }],
      ['AI_PROVIDER is none', { first: null }],
    ])('asks nobody where %s', async (_, ai) => {
      const one = open({ ai });
      expect(await ask(one)).toBe('fallback ai_disabled');
      expect([first.seen.length, await rows(one)]).toEqual([0, []]);
    });

    it('asks nobody for a call that was reserved while the switch was turned on and off again', async () => {
      const one = open();
      const reserve = one.calls.reserve.bind(one.calls);
      const readSwitch = one.ai.read.bind(one.ai);
      let looks = 0;
      one.calls.reserve = async (reservation) => {
        const refusal = await reserve(reservation);
        one.notifications.tell(channels.aiSwitch);
        return refusal;
      };
      one.ai.read = async () => {
        const state = await readSwitch();
        if (looks++ === 0) {
          await setAiSwitch(rowsOf, false);
          one.notifications.tell(channels.aiSwitch);
        }
        return state;
      };
      expect(await ask(one)).toBe('fallback ai_disabled');
      expect(first.seen).toEqual([]);
    });

    it('ends the running calls of every instance, paid as far as they came', async () => {
      const [one, other] = [open(), open()];
      first.betweenMs = 60_000;
      const answers = await Promise.all(
        [one, other].map((each) => each.gateway.ask(question({ payer: person(), shape: 'stream' }))),
      );
      const reading = answers.map(read);
      await setAiSwitch(one.database.query, false);
      for (const each of [one, other]) each.notifications.tell(channels.aiSwitch);
      expect(await Promise.all(reading)).toEqual(Array(2).fill('The | broken ai_disabled'));
      await until(() => first.seen.every(({ left }) => left), 'the end of both requests');
      expect((await rows(one)).map(({ outcome }) => outcome)).toEqual(['ai_disabled', 'ai_disabled']);
    });

    it('asks nobody for a call that was reserved just before, and charges nothing for it', async () => {
      const one = open();
      const reserve = one.calls.reserve.bind(one.calls);
      one.calls.reserve = async (reservation) => {
        const refusal = await reserve(reservation);
        await setAiSwitch(one.database.query, false);
        one.notifications.tell(channels.aiSwitch);
        return refusal;
      };
      expect(await ask(one)).toBe('fallback ai_disabled');
      expect(first.seen).toEqual([]);
      expect(await rows(one)).toEqual([expect.objectContaining({ outcome: 'ai_disabled', cost: 0 })]);
      expect((await sums(one))['total:ai D']).toEqual([0, 0]);
    });

    it('lets running calls be where it was only said to be off', async () => {
      const one = open();
      first.betweenMs = 50;
      const answer = await one.gateway.ask(question({ shape: 'stream' }));
      one.notifications.tell(channels.aiSwitch);
      expect(await read(answer)).toBe('The answer is 42.');
    });
  });

  describe('the limits', () => {
    const shared = () => new MemoryCounters(new SystemClock());
    const limits = { maxCallsPerMinute: 10, maxCallsPerMinutePerPsid: 2, maxCallsPerMinuteOther: 20 };
    const messenger = (pseudonym: string): Partial<AiCall> => ({
      purpose: 'messenger',
      payer: { kind: 'messenger', pseudonym },
    });

    it('refuse the third call of a Messenger person within a minute, and take nothing for it', async () => {
      const one = open({ ai: limits });
      const answers: string[] = [];
      for (let call = 0; call < 4; call++) answers.push(await ask(one, messenger('m1')));
      const refused = 'fallback user_rate_limit';
      expect(answers).toEqual(['The answer is 42.', 'The answer is 42.', refused, refused]);
      // Eight of ten are left to others.
      for (let call = 0; call < 8; call++)
        expect(await ask(one, messenger(`other-${call}`))).toBe('The answer is 42.');
      expect(await ask(one, messenger('late'))).toBe('fallback global_rate_limit');
      expect(one.lines.at(2)).toMatchObject({ msg: 'AI-CALL path=fallback reason=user_rate_limit' });
      const { ai_calls_blocked_per_psid: per, ai_calls_blocked_global: global } = one.metrics.totals;
      expect([first.seen.length, per, global]).toEqual([10, 2, 1]);
    });

    it('admit exactly ten of a burst of 1,000 people on two instances', async () => {
      const counters = shared();
      // However busy the machine: none is refused because it came late.
      const ai = { ...limits, timeoutMs: 60_000 };
      const both = [open({ ai, counters }), open({ ai, counters })] as const;
      const answers = await Promise.all(
        Array.from({ length: 1000 }, (_, at) =>
          ask(both[at % 2] ?? both[0], { ...messenger(`p${at}`), timeoutMs: 60_000 }),
        ),
      );
      expect(answers.filter((text) => text === 'The answer is 42.')).toHaveLength(10);
      expect(new Set(answers)).toEqual(new Set(['The answer is 42.', 'fallback global_rate_limit']));
      expect([first.seen.length, (await rows(both[0])).length]).toEqual([10, 10]);
    });

    it('leave nine tenths of chat to others than one person, and three quarters to others than visitors', async () => {
      const one = open({ ai: limits });
      const ada = person();
      const asked: string[] = [];
      for (let call = 0; call < 3; call++) asked.push(await ask(one, { payer: ada }));
      expect(asked).toEqual(['The answer is 42.', 'The answer is 42.', 'fallback user_rate_limit']);
      const visitor = (): AiCall['payer'] => ({
        kind: 'visitor',
        visitorId: randomUUID(),
        address: randomUUID(),
      });
      for (let call = 0; call < 5; call++)
        expect(await ask(one, { payer: visitor() })).toBe('The answer is 42.');
      expect(await ask(one, { payer: visitor() })).toBe('fallback global_rate_limit');
      expect(await ask(one, { payer: person() })).toBe('The answer is 42.');
    });

    it('get back what a call took that asked nobody', async () => {
      const one = open({ ai: limits, budgets: { aiPersonDaily: 0 } });
      const ada = person();
      for (let call = 0; call < 5; call++)
        expect(await ask(one, { payer: ada })).toBe('fallback budget_exceeded');
    });
  });

  describe('the budget', () => {
    it('holds to the micro-dollar under 1,000 calls at once from four instances, and opens again', async () => {
      const counters = new MemoryCounters(new SystemClock());
      const ai = { maxCallsPerMinuteOther: 1_000_000, timeoutMs: 60_000 };
      // Free of thoughts: what is reserved is what is spent, so that exactly ten fit.
      const request = question().request;
      const reserved = await highest(request);
      first.usage = { prompt: reserved - 200, cached: 0, output: 100, thoughts: 0 };
      const budgets = { ai: { daily: 10 * reserved, monthly: 1_000_000_000 }, aiPersonDaily: 1_000_000 };
      const four = Array.from({ length: 4 }, () => open({ ai, budgets, counters }));
      const texts = await Promise.all(
        Array.from({ length: 1000 }, (_, at) => ask(four[at % 4] ?? open(), { timeoutMs: 60_000 })),
      );
      const [one] = four;
      if (one === undefined) throw new Error('no instance');
      for (const each of four) await each.settlement.finish();
      expect(texts.filter((text) => text === 'The answer is 42.')).toHaveLength(10);
      expect(texts.filter((text) => text === 'fallback budget_exceeded')).toHaveLength(990);
      expect((await sums(one))['total:ai D']).toEqual([0, 10 * reserved]);
      expect(await ask(one)).toBe('fallback budget_exceeded');
      // The next day.
      await sql`update velro.budget_sums set period = 'D2020-01-01' where period like 'D%'`.execute(
        one.database.query,
      );
      expect(await ask(one)).toBe('The answer is 42.');
    });

    it.each([
      ['a person', { budgets: { aiPersonDaily: 50 } }, {}],
      ['a person in a month', { budgets: { aiPersonMonthly: 50 } }, {}],
      ['an agent', {}, { agent: { id: randomUUID(), dailyCap: 50 } }],
      ['an API key', {}, { payer: withKey({ dailyCap: 50 }) }],
      ['an API key in a month', {}, { payer: withKey({ monthlyCap: 50 }) }],
      ['a month', { budgets: { ai: { daily: 1_000_000, monthly: 50 } } }, {}],
    ])('of %s refuses what it does not hold, and nothing is changed', async (_, options, more) => {
      const one = open(options);
      expect(await ask(one, more)).toBe('fallback budget_exceeded');
      // A budget that is told of has a row, with nothing in it.
      const held = Object.values(await sums(one)).flat();
      expect([await rows(one), held.filter((amount) => amount > 0), first.seen.length]).toEqual([[], [], 0]);
    });

    it('gives one visitor, and the visitors of one address, a twentieth, and names no address', async () => {
      const one = open({
        ai: { maxCallsPerMinuteOther: 100_000 },
        budgets: { ai: { daily: 20 * 1000, monthly: 1_000_000_000 } },
      });
      const visitor = (address: string, visitorId = randomUUID()): AiCall['payer'] => ({
        kind: 'visitor',
        visitorId,
        address,
      });
      // A thousand are given; a call holds many, and spends 21.
      const reserved = await highest(question().request);
      const fitting = Math.floor((1000 - reserved) / 21) + 1;
      const asked = async (payers: () => AiCall['payer']): Promise<string[]> => {
        const answers: string[] = [];
        for (let call = 0; call <= fitting; call++) {
          answers.push(await ask(one, { payer: payers() }));
          await one.settlement.finish();
        }
        return answers;
      };
      const expected = [...Array<string>(fitting).fill('The answer is 42.'), 'fallback budget_exceeded'];
      const eve = randomUUID();
      let place = 0;
      // At an address of its own for each call.
      expect(await asked(() => visitor(`192.0.2.${place++}`, eve))).toEqual(expected);
      expect(await asked(() => visitor('198.51.100.1'))).toEqual(expected);
      expect(await ask(one, { payer: visitor('198.51.100.2') })).toBe('The answer is 42.');
      expect(Object.keys(await sums(one)).join(' ')).not.toMatch(/192\.|198\./);
    });

    it('of an agent leaves three quarters to people with accounts, however many visitors ask', async () => {
      const one = open();
      const agent = { id: randomUUID(), dailyCap: 1600 };
      const visitor = (): AiCall['payer'] => ({
        kind: 'visitor',
        visitorId: randomUUID(),
        address: randomUUID(),
      });
      const answers: string[] = [];
      for (let call = 0; call < 20; call++) {
        answers.push(await ask(one, { payer: visitor(), agent }));
        await one.settlement.finish();
      }
      expect(answers.at(-1)).toBe('fallback budget_exceeded');
      expect((await sums(one))[`agent-visitors:${agent.id} D`]?.[1]).toBeLessThanOrEqual(400);
      expect(await ask(one, { agent })).toBe('The answer is 42.');
    });

    it('that holds no more is told once, and the refused calls change nothing', async () => {
      const budgets = { ai: { daily: 50, monthly: 1_000_000 } };
      const [one, other] = [open({ budgets }), open({ budgets })];
      await sql`insert into velro.budget_sums (scope, period, reserved_microusd, spent_microusd)
        values ('total:ai', 'D' || to_char(now() at time zone 'UTC', 'YYYY-MM-DD'), 0, 45)`.execute(rowsOf);
      for (const each of [one, other, one, other]) expect(await ask(each)).toBe('fallback budget_exceeded');
      await until(
        () => one.metrics.totals.budget_alerts + other.metrics.totals.budget_alerts === 1,
        'the alert',
      );
      expect(await sums(one)).toEqual({ 'total:ai D': [0, 45] });
    });

    it('settles a call once, whoever comes first, and one that nobody settled at its reservation', async () => {
      const one = open();
      first.fault = 'hang before';
      const asking = ask(one, { timeoutMs: 60_000 });
      await until(() => first.seen.length === 1, 'the request');
      await sql`update velro.ai_calls set expires_at = now() - interval '1 second'`.execute(
        one.database.query,
      );
      // Its instance is taken for dead; four others look at once.
      await Promise.all(Array.from({ length: 4 }, () => open().sweep.run(new AbortController().signal)));
      const [lost] = await rows(one);
      expect(lost).toMatchObject({ outcome: 'lost', estimated: true, cost: lost?.reserved });
      one.running.abortAll(new Error('enough'));
      await asking;
      expect(await rows(one)).toEqual([lost]);
      expect((await sums(one))['total:ai D']).toEqual([0, lost?.reserved]);
    });
  });

  describe('a second provider', () => {
    it.each(['500', 'hang before', 'garbage', 'empty'] as const)(
      'answers where the first does not: %s',
      async (fault) => {
        const one = open({ second, ai: { timeoutMs: 2000 } });
        first.fault = fault;
        expect(await ask(one)).toBe('The answer is 42.');
        expect((await rows(one)).map(({ provider }) => provider)).toEqual(['gemini', 'openai']);
        expect(one.lines).toEqual([expect.objectContaining({ path: 'ai', provider: 'openai' })]);
      },
    );

    it.each([
      ['blocked answer', 'stream'],
      ['hang in the middle', 'stream'],
      ['cut off', 'whole'],
    ] as const)('is not asked after %s, %s', async (fault, shape) => {
      // Only what hangs needs the end of its time.
      const one = open({ second, ai: { timeoutMs: fault === 'hang in the middle' ? 1000 : 20_000 } });
      first.fault = fault;
      await ask(one, { shape });
      expect(second.seen).toEqual([]);
    });

    it('that does not answer either leaves one line', async () => {
      const one = open({ second, ai: { timeoutMs: 1000 } });
      [first.fault, second.fault] = ['500', 'garbage'];
      expect(await ask(one)).toBe('fallback ai_error');
      expect(one.lines).toHaveLength(1);
    });
  });

  it('of which nobody reads an answer ends it in its time, and settles it', async () => {
    const one = open({ ai: { timeoutMs: 300 } });
    first.betweenMs = 60_000;
    expect((await one.gateway.ask(question({ shape: 'stream' }))).path).toBe('ai');
    await until(() => first.seen[0]?.left === true, 'the end of the request');
    expect((await rows(one)).map(({ outcome }) => outcome)).toEqual(['ai_timeout']);
    expect(one.running.count).toBe(0);
  });

  it.each([
    ['a reader that leaves', 'leave'],
    ['a reader that leaves before it read', 'leave at once'],
    ['an aborted signal', 'abort'],
    ['a stop of the instance', 'stop'],
  ])('settles once after %s', async (_, how) => {
    const one = open();
    first.betweenMs = 60_000;
    const aborting = new AbortController();
    const answer = await one.gateway.ask(question({ shape: 'stream', signal: aborting.signal }));
    if (how === 'leave' && answer.path === 'ai')
      for await (const part of answer.parts) if (part.type === 'text') break;
    if (how === 'leave at once' && answer.path === 'ai')
      await answer.parts[Symbol.asyncIterator]().return?.();
    if (how === 'abort') aborting.abort(new Error('gone'));
    if (how === 'stop') await one.gateway.beforeApplicationShutdown();
    expect((await rows(one)).map(({ outcome }) => outcome)).toEqual(['stopped']);
    expect(one.lines).toHaveLength(1);
    expect(one.running.count).toBe(0);
  });
});

/** The most that a request can cost by the stand-in's prices. */
async function highest(request: AiCall['request']): Promise<number> {
  const { highestCostOf } = await import('../../src/features/assistants/gateway/call-price.js');
  return highestCostOf({ input: 1000, cached: 100, output: 2000 }, request, 0);
}
