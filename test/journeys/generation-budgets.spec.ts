import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { insist } from '../support/http/insist.js';
import { KeyOwner } from '../support/accounts/api-keys.js';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { ask, unbalanced } from '../support/database/database.js';
import { modelFailure } from '../support/fal/fal-jobs.js';
import { Customer, eventually, falEnvironment, FalService } from '../support/fal/fal-service.js';
import { startSecond } from '../support/process/second-instance.js';

/** 0.06 dollars each. */
const picture = {
  model_id: 'fal-ai/flux-pro/v1.1-ultra',
  prompt: 'a harbour at dawn',
  parameters: { output_format: 'png' },
};
const price = 60_000;
/** Five of these and no more. */
const dailyCap = 330_000;

describe('the budget of generations', () => {
  let stage: FalService;
  let admin: Administrator;
  let ada: Customer;
  beforeAll(async () => {
    stage = await FalService.start(
      {},
      { GENERATION_DAILY_BUDGET_USD: '0.33', GENERATION_MONTHLY_BUDGET_USD: '100' },
    );
    admin = await administrator(stage.service, 'admin');
    ada = new Customer(await stage.signUp());
  });
  afterAll(async () => {
    await stage.stop();
  });
  beforeEach(async () => {
    await ask(stage.service.home, 'delete from velro.budget_sums');
    await ask(stage.service.home, 'delete from velro.usage_days');
  });
  afterEach(async () => {
    stage.fal.faults.clear();
    expect(await ask(stage.service.home, unbalanced)).toEqual([]);
  });

  const unfinished = async (): Promise<number> => {
    const [row] = await ask<{ count: number }>(
      stage.service.home,
      "select count(*)::int from velro.generations where status in ('queued', 'submitting', 'processing')",
    );
    return row?.count ?? -1;
  };
  const finish = async (id: string): Promise<string> => {
    const job = await stage.jobOf(id);
    await stage.fal.complete(job.id);
    await stage.fal.call(job.id);
    return (await ada.ended(id)).status as string;
  };
  const cancel = async (id: string): Promise<void> => {
    const { status } = await insist(() => ada.post(`/generations/${id}/cancel`));
    expect(status).toBeLessThan(300);
    await ada.ended(id);
  };
  /** Reserved and spent, by scope and kind of period. */
  const sums = async (): Promise<Record<string, readonly [number, number]>> => {
    const rows = await ask<{ name: string; reserved: number; spent: number }>(
      stage.service.home,
      `select scope || ' ' || left(period, 1) as name, reserved_microusd::int as reserved, spent_microusd::int as spent
       from velro.budget_sums order by 1`,
    );
    return Object.fromEntries(rows.map(({ name, reserved, spent }) => [name, [reserved, spent]]));
  };
  const getAsAdmin = (path: string) => admin.visitor.call(`/api/v1/admin/${path}`, { token: admin.token });

  it('holds what each can cost until it ends, and then what it did cost', async () => {
    const { json } = await ada.create(picture);
    expect(await sums()).toEqual({ 'total:generations D': [price, 0], 'total:generations M': [price, 0] });
    expect(await finish(json.id)).toBe('completed');
    expect(await sums()).toEqual({ 'total:generations D': [0, price], 'total:generations M': [0, price] });
    const failing = (await ada.create({ ...picture, prompt: 'fails there' })).json.id as string;
    stage.fal.fail((await stage.jobOf(failing)).id, modelFailure('internal_server_error', 500));
    expect((await ada.ended(failing)).status).toBe('failed');
    expect(await sums()).toEqual({ 'total:generations D': [0, price], 'total:generations M': [0, price] });
    const { json: budgets } = await getAsAdmin('budgets');
    expect(budgets.generations).toEqual({
      day: { cap_microusd: dailyCap, spent_microusd: price, reserved_microusd: 0 },
      month: { cap_microusd: 100_000_000, spent_microusd: price, reserved_microusd: 0 },
    });
  });

  it('refuses what it does not hold by 503 with the time of the next day, and takes nothing', async () => {
    const ids: string[] = [];
    for (let at = 0; at < 5; at++) ids.push(await ada.created(picture));
    const before = await ada.balance();
    const running = await unfinished();
    const refused = await ada.create(picture, { 'idempotency-key': `later-${String(ids[0])}` });
    expect([refused.status, refused.json.code]).toEqual([503, 'budget_exceeded']);
    const seconds = Number(refused.headers['retry-after']);
    const midnight = new Date().setUTCHours(24, 0, 0, 0);
    expect(Math.abs(seconds - (midnight - Date.now()) / 1000)).toBeLessThan(60);
    expect(refused.headers['x-should-retry']).toBe('false');
    expect(await ada.balance()).toEqual(before);
    expect(await unfinished()).toBe(running);
    expect((await sums())['total:generations D']).toEqual([5 * price, 0]);
    const told = () => stage.service.lines().filter(({ budget }) => budget === 'total:generations');
    await eventually(() => told().length > 0);
    expect(told()).toEqual([
      expect.objectContaining({ threat_level: 'HIGH', share: 1, response: 'refused until the next period' }),
    ]);
    // The same request under the same key is taken once there is room again.
    stage.fal.fail((await stage.jobOf(ids[0] ?? '')).id, modelFailure('internal_server_error', 500));
    await ada.ended(ids[0] ?? '');
    const again = await ada.create(picture, { 'idempotency-key': `later-${String(ids[0])}` });
    expect(again.status).toBe(202);
    for (const id of [...ids.slice(1), again.json.id as string]) await cancel(id);
  });

  it('admits exactly what it holds of sixty orders of six people on two instances', async () => {
    const second = await startSecond(stage.service, {
      ...falEnvironment(stage.fal),
      GENERATION_DAILY_BUDGET_USD: '0.33',
      GENERATION_MONTHLY_BUDGET_USD: '100',
    });
    try {
      const people = await Promise.all(Array.from({ length: 6 }, () => stage.signUp()));
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, at) => {
          const who = people[at % people.length];
          if (who === undefined) throw new Error('nobody');
          const url = at % 2 === 0 ? stage.service.url : second.url;
          return who.visitor.call(`${url}/api/v1/generations`, { token: who.token, body: picture });
        }),
      );
      const accepted = answers.filter(({ status }) => status === 202);
      // A person with ten at once may be told to wait for their share of the connections.
      for (const { status, json } of answers)
        expect(['accepted', 'budget_exceeded', 'busy', 'unavailable']).toContain(
          status === 202 ? 'accepted' : json.code,
        );
      expect(accepted).toHaveLength(5);
      expect((await sums())['total:generations D']).toEqual([5 * price, 0]);
      for (const who of people) {
        const mine = await new Customer(who).get('/generations?limit=50');
        for (const { id } of mine.json.data as { id: string }[])
          await new Customer(who).post(`/generations/${id}/cancel`);
      }
    } finally {
      await second.discard();
    }
  });

  it('counts what may have begun at the provider before it was cancelled, as an estimate', async () => {
    const id = await ada.created(picture);
    await stage.jobOf(id);
    await eventually(async () => (await ada.status(id)) === 'processing');
    await cancel(id);
    expect((await sums())['total:generations D']).toEqual([0, price]);
    const { json } = await ada.get('/usage?by=model');
    expect(json.data).toEqual([
      expect.objectContaining({
        value: picture.model_id,
        calls: 1,
        estimated_calls: 1,
        credits: 0,
        cost_microusd: price,
      }),
    ]);
  });

  describe('of an API key', () => {
    let owner: KeyOwner;
    beforeEach(async () => {
      owner = await KeyOwner.signUp(stage.service, []);
    });
    const order = (key: string, body: unknown = picture) =>
      stage.service.visitor().call('/api/v1/generations', { token: key, body });
    const limit = (id: string, body: object) => owner.call(`/${id}/limits`, { method: 'PUT', body });
    const drop = async (): Promise<void> => {
      const mine = new Customer(owner.account);
      for (const { id } of (await mine.get('/generations')).json.data as { id: string }[])
        await mine.post(`/generations/${id}/cancel`);
    };

    it('is unlimited at first, and says what was used of it', async () => {
      const key = await owner.key();
      const none = {
        monthly_credits: null,
        used_credits: 0,
        daily_microusd: null,
        monthly_microusd: null,
        models: null,
      };
      expect((await owner.call(`/${key.id}/limits`)).json).toEqual(none);
      expect((await order(key.text)).status).toBe(202);
      expect((await owner.call(`/${key.id}/limits`)).json).toEqual({ ...none, used_credits: 50 });
      await drop();
      await eventually(async () => (await owner.call(`/${key.id}/limits`)).json.used_credits === 0);
    });

    it('is a cap of credits a month, which another key and the owner do not share', async () => {
      const [one, other] = [await owner.key(), await owner.key()];
      expect((await limit(one.id, { monthly_credits: 120 })).json).toMatchObject({ monthly_credits: 120 });
      const answers = await Promise.all(Array.from({ length: 4 }, () => order(one.text)));
      expect(answers.filter(({ status }) => status === 202)).toHaveLength(2);
      const refused = await order(one.text);
      expect([refused.status, refused.json.code]).toEqual([402, 'key_credits_exceeded']);
      expect((await owner.call(`/${one.id}/limits`)).json.used_credits).toBe(100);
      expect((await order(other.text)).status).toBe(202);
      expect((await new Customer(owner.account).create(picture)).status).toBe(202);
      await drop();
    });

    it('is a cap of money a day, in force from the next request on', async () => {
      const key = await owner.key();
      await limit(key.id, { daily_microusd: price });
      expect((await order(key.text)).status).toBe(202);
      const refused = await order(key.text);
      expect([refused.status, refused.json.code]).toEqual([503, 'budget_exceeded']);
      await limit(key.id, { daily_microusd: 2 * price });
      expect((await order(key.text)).status).toBe(202);
      await drop();
    });

    it('is a list of models, for a retry too', async () => {
      const key = await owner.key();
      await limit(key.id, { models: ['fal-ai/imagen4/preview/ultra'] });
      const refused = await order(key.text);
      expect([refused.status, refused.json.code]).toEqual([403, 'model_not_allowed']);
      const mine = new Customer(owner.account);
      const { id } = (await mine.create(picture)).json as { id: string };
      await mine.post(`/generations/${id}/cancel`);
      await mine.ended(id);
      const retry = await stage.service
        .visitor()
        .call(`/api/v1/generations/${id}/retry`, { token: key.text, body: {} });
      expect([retry.status, retry.json.code]).toEqual([403, 'model_not_allowed']);
      expect(
        (await order(key.text, { ...picture, model_id: 'fal-ai/imagen4/preview/ultra', parameters: {} }))
          .status,
      ).toBe(202);
      await drop();
    });

    it('is set by its owner alone, with a fresh sign-in, and by no key', async () => {
      const key = await owner.key();
      const eve = await KeyOwner.signUp(stage.service, []);
      for (const [who, status] of [
        [{ token: eve.account.token }, 404],
        [{ token: key.text }, 403],
        [{ token: owner.staleToken() }, 401],
      ] as const)
        expect(
          (await owner.call(`/${key.id}/limits`, { method: 'PUT', body: { monthly_credits: 1 }, ...who }))
            .status,
        ).toBe(status);
      expect((await eve.call(`/${key.id}/limits`)).status).toBe(404);
      expect((await owner.call(`/${key.id}/limits`)).json.monthly_credits).toBeNull();
    });

    it.each([
      ['a fraction', { monthly_credits: 0.5 }],
      ['less than nothing', { daily_microusd: -1 }],
      ['text', { monthly_microusd: '5' }],
      ['a model with a blank', { models: ['two words'] }],
      ['a model twice', { models: ['m', 'm'] }],
      ['fifty-one models', { models: Array.from({ length: 51 }, (_, at) => `m${at}`) }],
      ['an unknown field', { yearly: 1 }],
    ])('is not set to %s', async (_, body) => {
      const key = await owner.key();
      const answer = await limit(key.id, body);
      expect([answer.status, answer.json.code]).toEqual([422, 'validation_failed']);
      expect((await owner.call(`/${key.id}/limits`)).json.models).toBeNull();
    });
  });

  describe('in use by day', () => {
    it('stands with its owner, their keys and everybody, each by day, model and key', async () => {
      const owner = await KeyOwner.signUp(stage.service, []);
      const key = await owner.key();
      const mine = new Customer(owner.account);
      const [first, second] = [
        (await mine.create(picture)).json.id as string,
        (await stage.service.visitor().call('/api/v1/generations', { token: key.text, body: picture })).json
          .id as string,
      ];
      for (const id of [first, second]) {
        const job = await stage.jobOf(id);
        await stage.fal.complete(job.id);
        await stage.fal.call(job.id);
        await mine.ended(id);
      }
      const today = new Date().toISOString().slice(0, 10);
      const used = { calls: 2, estimated_calls: 0, credits: 100, cost_microusd: 2 * price, prompt_tokens: 0 };
      expect((await mine.get('/usage')).json).toMatchObject({
        by: 'day',
        to: today,
        data: [{ value: today, ...used }],
      });
      expect((await mine.get('/usage?by=model')).json.data).toMatchObject([
        { value: picture.model_id, ...used },
      ]);
      expect((await mine.get('/usage?by=key')).json.data).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ value: key.id, calls: 1 }),
          expect.objectContaining({ value: null, calls: 1 }),
        ]),
      );
      expect((await ada.get('/usage')).json.data).toEqual([]);
      expect((await getAsAdmin('usage')).json.data).toMatchObject([{ value: owner.account.id, ...used }]);
      const forbidden = await ada.get('/admin/usage');
      expect([forbidden.status, forbidden.json.code]).toEqual([403, 'forbidden']);
    });

    it.each([
      ['usage?from=2026-02-30', 422],
      ['usage?from=2026-11-02&to=2026-11-01', 422],
      ['usage?from=2024-01-01&to=2026-01-01', 422],
      ['usage?from=0999-01-01&to=0999-01-02', 422],
      ['usage?by=person', 422],
      ['usage?from=2026-11-01&to=2026-11-30', 200],
    ])('answers GET %s with %i', async (path, status) => {
      expect((await ada.get(`/${path}`)).status).toBe(status);
    });

    it('of everybody is read for at most 31 days at once', async () => {
      expect((await getAsAdmin('usage?from=2026-01-01&to=2026-01-31')).status).toBe(200);
      expect((await getAsAdmin('usage?from=2026-01-01&to=2026-02-01')).status).toBe(422);
    });
  });
});
