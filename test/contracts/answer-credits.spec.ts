import { setAiSwitch } from '../support/models/ai-switch.js';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { answerPrices, creditsOf, type AnswerPrices } from '../../config/policy/assistants/answer-credits.js';
import { Secret } from '../../config/values/secret.js';
import { verifyCredits, type Fault } from '../../src/cli/credits-verify/verify-credits.js';
import type { Executor } from '../../src/database/database.js';
import { AnswerCredits } from '../../src/features/assistants/credits/answer-credits.service.js';
import type { AiCall, Payer } from '../../src/features/assistants/gateway/ai-call.js';
import { CreditsRepository } from '../../src/features/credits/credits.repository.js';
import { FirstCreditsRepository } from '../../src/features/credits/first-credits.repository.js';
import { LedgerRepository } from '../../src/features/credits/ledger.repository.js';
import { CreditsService } from '../../src/features/credits/credits.service.js';
import { WebhookEvents } from '../../src/features/webhooks/events/webhook-events.service.js';
import { Log } from '../../src/observability/log.js';
import { SecurityEvents } from '../../src/observability/security-events.js';
import { channels } from '../../src/ports/notifications.js';
import { PublicUrl } from '../../src/ports/public-url.js';
import { auditLogOf } from '../support/database/audit-log.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';
import { GatewayStage, question, read, type GatewayOptions } from '../support/models/gateway-stage.js';
import { ModelServer, type ModelFault } from '../support/models/model-server.js';
import { until } from '../support/process/wait-until.js';

const model = 'gemini-2.5-flash-lite';
const priced: AnswerPrices = { default: 2, byModel: new Map([[model, 3]]) };
const answer = 'The answer is 42.';

describe('the price table of answers', () => {
  it('has a price of its own for a model that it lists, and one for all others', () => {
    expect([creditsOf(priced, model), creditsOf(priced, 'another')]).toEqual([3, 2]);
  });

  it('of the service has whole prices, of which the one for all others is 0', () => {
    expect(answerPrices.default).toBe(0);
    for (const price of answerPrices.byModel.values())
      expect(Number.isSafeInteger(price) && price >= 0).toBe(true);
  });
});

describe('an answer that costs credits', () => {
  let stage: MigratedDatabase;
  let first: ModelServer;
  let second: ModelServer;
  let query: Executor;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    query = stage.connect().query;
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
    await stage.asOwner(
      'truncate velro.users, velro.ai_calls, velro.usage_days, velro.budget_sums, velro.key_credits cascade',
    );
    await setAiSwitch(query, true);
  });
  afterEach(async () => {
    const faults: Fault[] = [];
    await verifyCredits(new Secret(stage.appUrl), (fault) => faults.push(fault));
    expect(faults).toEqual([]);
  });

  const open = (options: GatewayOptions = {}): GatewayStage =>
    new GatewayStage(stage.connect(), first, { prices: priced, ...options });
  const person = async (balance: number): Promise<Payer & { kind: 'person' }> => {
    const userId = randomUUID();
    await sql`insert into velro.users (id, email, credits_balance) values (${userId}, ${`${userId}@example.com`}, ${balance})`.execute(
      query,
    );
    await sql`insert into velro.credit_entries (user_id, kind, balance_change, reserved_change)
      values (${userId}, 'grant', ${balance}, 0)`.execute(query);
    return { kind: 'person', userId, key: null };
  };
  const withKey = async (payer: Payer & { kind: 'person' }, cap: number): Promise<Payer> => {
    const id = randomUUID();
    await stage.asOwner(`insert into velro.api_keys (id, user_id, name, prefix, hash, scopes, expires_at, monthly_credits)
      values ('${id}', '${payer.userId}', 'k', 'velro_12345678', sha256('${id}'), '{openai}', now() + interval '1 day', ${cap})`);
    return { ...payer, key: { id, models: null, dailyCap: null, monthlyCap: null } };
  };
  /** What can be spent, once nothing is held any more. */
  const balanceOf = async (one: GatewayStage, payer: Payer): Promise<number> => {
    await one.settlement.finish();
    const { rows } = await sql<{ balance: string; reserved: string }>`
      select credits_balance as balance, credits_reserved as reserved from velro.users
      where id = ${payer.kind === 'person' ? payer.userId : null}`.execute(query);
    expect(rows[0]?.reserved).toBe('0');
    return Number(rows[0]?.balance);
  };
  /** Kinds of all entries of calls, in their order. */
  const entries = async (): Promise<string[]> => {
    const rows = await query
      .selectFrom('credit_entries')
      .select('kind')
      .where('call_id', 'is not', null)
      .orderBy('id')
      .execute();
    return rows.map(({ kind }) => kind);
  };
  const ask = async (one: GatewayStage, payer: Payer, more: Partial<AiCall> = {}) =>
    read(await one.gateway.ask(question({ payer, ...more })));

  const endings: [AiCall['shape'], ModelFault | null, string, number][] = [
    ['whole', null, answer, 3],
    ['stream', null, answer, 3],
    ['stream', 'hang in the middle', 'The | broken ai_timeout', 3],
    ['stream', 'reset in the middle', 'The | broken ai_error', 3],
    ['whole', 'hang in the middle', 'fallback ai_timeout', 0],
    ['whole', 'cut off', 'fallback ai_error', 0],
    ['stream', 'hang before', 'fallback ai_timeout', 0],
    ['stream', '500', 'fallback provider_unavailable', 0],
    ['stream', 'empty', 'fallback ai_error', 0],
    ['stream', 'blocked answer', 'fallback ai_error', 0],
    ['whole', 'blocked prompt', 'fallback ai_error', 0],
  ];
  it.each(endings)('as a %s behind the fault %s is "%s" and costs %i', async (shape, fault, text, cost) => {
    // Only what hangs needs the end of its time.
    const one = open({ ai: { timeoutMs: text.includes('ai_timeout') ? 500 : 20_000 } });
    const ada = await person(10);
    first.fault = fault;
    expect(await ask(one, ada, { shape })).toBe(text);
    expect(await balanceOf(one, ada)).toBe(10 - cost);
    expect(await entries()).toEqual(['reserve', cost > 0 ? 'commit' : 'release']);
    const [day] = await query.selectFrom('usage_days').selectAll().execute();
    expect(day).toMatchObject({ calls: '1', credits: String(cost) });
  });

  it.each([
    ['a reader that leaves behind its first text', 'leave', 3],
    ['a reader that leaves before it read what was there', 'leave at once', 3],
    ['a caller that leaves behind the first text', 'abort', 3],
    ['a caller that leaves before it', 'abort before', 0],
    ['a stop of the instance behind the first text', 'stop', 3],
    ['the kill switch behind the first text', 'switch', 3],
  ])('that ends by %s costs it as what was shown: %s, %i', async (_, how, cost) => {
    const one = open();
    const ada = await person(10);
    first.betweenMs = 60_000;
    if (how === 'abort before') first.fault = 'hang before';
    const aborting = new AbortController();
    const asking = one.gateway.ask(question({ payer: ada, shape: 'stream', signal: aborting.signal }));
    if (how === 'abort before') {
      await until(() => first.seen.length === 1, 'the request');
      aborting.abort(new Error('gone'));
    }
    const given = await asking;
    const parts = given.path === 'ai' ? given.parts[Symbol.asyncIterator]() : null;
    if (how === 'leave') await parts?.next();
    if (how.startsWith('leave')) await parts?.return?.();
    if (how === 'abort') aborting.abort(new Error('gone'));
    if (how === 'stop') await one.gateway.beforeApplicationShutdown();
    if (how === 'switch') {
      await setAiSwitch(query, false);
      one.notifications.tell(channels.aiSwitch);
      await until(() => one.running.count === 0, 'the end of the call');
    }
    expect(await balanceOf(one, ada)).toBe(10 - cost);
  });

  it('that is reserved just before the kill switch is given back', async () => {
    const one = open();
    const ada = await person(10);
    const reserve = one.calls.reserve.bind(one.calls);
    one.calls.reserve = async (reservation) => {
      const refusal = await reserve(reservation);
      await setAiSwitch(query, false);
      one.notifications.tell(channels.aiSwitch);
      return refusal;
    };
    expect(await ask(one, ada)).toBe('fallback ai_disabled');
    expect([await balanceOf(one, ada), await entries(), first.seen]).toEqual([
      10,
      ['reserve', 'release'],
      [],
    ]);
  });

  it('of an instance that was killed is given back by the sweep of any other', async () => {
    const one = open();
    const ada = await person(10);
    first.fault = 'hang before';
    const asking = ask(one, ada, { timeoutMs: 60_000 });
    await until(() => first.seen.length === 1, 'the request');
    await sql`update velro.ai_calls set expires_at = now() - interval '1 second'`.execute(query);
    await Promise.all(Array.from({ length: 3 }, () => open().sweep.run(new AbortController().signal)));
    expect(await entries()).toEqual(['reserve', 'release']);
    one.running.abortAll(new Error('enough'));
    await asking;
    expect([await balanceOf(one, ada), await entries()]).toEqual([10, ['reserve', 'release']]);
  });

  it.each<[string, Payer]>([
    ['a visitor', { kind: 'visitor', visitorId: randomUUID(), address: 'an address' }],
    ['a Messenger person', { kind: 'messenger', pseudonym: 'm1' }],
    ['the operator', { kind: 'operator' }],
  ])('costs %s none', async (_, payer) => {
    const one = open();
    expect(await ask(one, payer)).toBe(answer);
    await one.settlement.finish();
    const [row] = await query.selectFrom('ai_calls').selectAll().execute();
    expect([row?.credits_cost, row?.credits_charged, await entries()]).toEqual(['0', '0', []]);
  });

  it('costs a person none where its price is 0', async () => {
    const one = open({ prices: { default: 3, byModel: new Map([[model, 0]]) } });
    const ada = await person(0);
    expect(await ask(one, ada)).toBe(answer);
    expect([await balanceOf(one, ada), await entries()]).toEqual([0, []]);
  });

  it('is not asked for by a balance that does not hold it, and takes no hit of a limit', async () => {
    const one = open({ ai: { maxCallsPerMinuteOther: 10 } });
    const [poor, rich] = [await person(2), await person(3)];
    for (let call = 0; call < 5; call++) expect(await ask(one, poor)).toBe('fallback budget_exceeded');
    expect([first.seen, await entries()]).toEqual([[], []]);
    expect(one.lines.at(-1)).toMatchObject({ msg: 'AI-CALL path=fallback reason=budget_exceeded' });
    expect(await query.selectFrom('ai_calls').selectAll().execute()).toEqual([]);
    expect([await ask(one, rich), await balanceOf(one, rich), await balanceOf(one, poor)]).toEqual([
      answer,
      0,
      2,
    ]);
  });

  it('of a second provider costs its own price, and a balance for one of the two is enough', async () => {
    const one = open({ second, secondModel: 'gpt-4.1-mini' });
    const steps: string[] = [];
    const [reserve, settle] = [one.calls.reserve.bind(one.calls), one.calls.settle.bind(one.calls)];
    one.calls.reserve = (reservation) => {
      steps.push('reserves');
      return reserve(reservation);
    };
    one.calls.settle = async (result) => {
      const isNew = await settle(result);
      steps.push('has settled');
      return isNew;
    };
    const ada = await person(3);
    first.fault = '500';
    expect(await ask(one, ada)).toBe(answer);
    expect([await balanceOf(one, ada), await entries()]).toEqual([
      1,
      ['reserve', 'release', 'reserve', 'commit'],
    ]);
    expect(steps).toEqual(['reserves', 'has settled', 'reserves', 'has settled']);
  });

  it('counts in the credits that an API key may use in a month, where it was shown', async () => {
    const one = open();
    const ada = await person(100);
    const keyed = await withKey(ada, 7);
    const answers: string[] = [];
    for (const fault of [null, '500', null, null] as const) {
      first.fault = fault;
      answers.push(await ask(one, keyed));
      await one.settlement.finish();
    }
    const refused = 'fallback budget_exceeded';
    expect(answers).toEqual([answer, 'fallback provider_unavailable', answer, refused]);
    expect([await ask(one, ada), await balanceOf(one, ada)]).toEqual([answer, 91]);
  });

  describe('is refused before it begins', () => {
    /** `reads`: how often a balance was read. */
    const gate = (one: GatewayStage) => {
      const repository = new CreditsRepository(
        one.database,
        new WebhookEvents(new PublicUrl(null)),
        auditLogOf(one.database).trail,
      );
      const spendable = repository.spendable.bind(repository);
      const seen = { reads: 0 };
      repository.spendable = (...of) => {
        seen.reads++;
        return spendable(...of);
      };
      const events = new SecurityEvents(Log.silent());
      const credits = new CreditsService(
        { startingCredits: 0 },
        one.database,
        repository,
        new LedgerRepository(one.database),
        new FirstCreditsRepository(
          { pseudonymKey: { current: new Secret('0'.repeat(44)), previous: null } },
          one.database,
        ),
        events,
      );
      return { seen, credits: new AnswerCredits(one.models, credits, one.ai) };
    };

    it('where the balance does not hold it, with both figures', async () => {
      const { credits, seen } = gate(open());
      const [poor, rich] = [await person(2), await person(3)];
      await expect(credits.require(poor, null)).rejects.toMatchObject({
        code: 'credits_insufficient',
        parts: { members: { required: 3, available: 2 } },
      });
      await credits.require(rich, model);
      expect(seen.reads).toBe(2);
    });

    it('where the API key has used its credits', async () => {
      const one = open();
      const { credits } = gate(one);
      const ada = await person(100);
      const keyed = await withKey(ada, 5);
      await credits.require(keyed, null);
      await ask(one, keyed);
      await one.settlement.finish();
      await expect(credits.require(keyed, null)).rejects.toMatchObject({ code: 'key_credits_exceeded' });
      await credits.require(ada, null);
    });

    it('not while the kill switch is off, which says so itself', async () => {
      const { credits } = gate(open());
      const poor = await person(0);
      await setAiSwitch(query, false);
      await credits.require(poor, null);
      await gate(open({ ai: { enabled: false } })).credits.require(poor, null);
    });

    it.each<[string, GatewayOptions, Payer, string | null]>([
      ['a price of 0', { prices: answerPrices }, { kind: 'person', userId: randomUUID(), key: null }, null],
      ['a model that nobody knows', {}, { kind: 'person', userId: randomUUID(), key: null }, 'of-tomorrow'],
      ['a visitor', {}, { kind: 'visitor', visitorId: randomUUID(), address: 'an address' }, null],
    ])('not for %s, and no balance is read', async (_, options, payer, wanted) => {
      const { credits, seen } = gate(open(options));
      await credits.require(payer, wanted);
      expect(seen.reads).toBe(0);
    });
  });
});
