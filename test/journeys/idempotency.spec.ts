import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ask, superuserUrl, unbalanced } from '../support/database/database.js';
import { Customer } from '../support/fal/fal-service.js';
import { until } from '../support/process/wait-until.js';
import type { Answer } from '../support/http/http.js';
import { patient } from '../support/process/policy.js';
import { Service, signUp } from '../support/process/service.js';

const order = { model_id: 'velro/canvas', prompt: 'a lighthouse', parameters: { width: 256, height: 256 } };

describe('a request with an Idempotency-Key', () => {
  let service: Service;
  let ada: Customer;
  beforeAll(async () => {
    service = await Service.start({ RATE_LIMIT_GENERATION_CREATE: '1000/hour', ...patient });
    ada = new Customer(await signUp(service));
  });
  afterAll(async () => {
    expect(await ask(service.home, unbalanced)).toEqual([]);
    await service.discard();
  });

  const named = (key: string) => ({ 'idempotency-key': key });
  const made = async (customer: Customer): Promise<number> =>
    (await ask(service.home, 'select 1 from velro.generations where user_id = $1', [customer.account.id]))
      .length;

  it('gets the same answer again, whatever happened meanwhile, and costs once', async () => {
    const key = randomUUID();
    const before = await ada.balance();
    const whole = { ...order, negative_prompt: 'fog' };
    const first = await ada.create(whole, named(key));
    await ada.ended(first.json.id);
    const again = await ada.create(whole, named(key));
    expect([again.status, again.json]).toEqual([202, first.json]);
    expect(again.json).toMatchObject({ prompt: 'a lighthouse', negative_prompt: 'fog', status: 'queued' });
    expect(again.headers.location).toBe(first.headers.location);
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([
      undefined,
      'true',
    ]);
    expect(await ada.balance()).toEqual({ balance: before.balance - 1, reserved: before.reserved });
  });

  it('keeps no copy of what was written in it', async () => {
    const key = randomUUID();
    const { json } = await ada.create({ ...order, negative_prompt: 'fog' }, named(key));
    const [row] = await ask<{ answer: Record<string, unknown> }>(
      service.home,
      'select answer from velro.idempotency_keys where key = $1',
      [key],
    );
    expect(row?.answer).toMatchObject({ id: json.id, status: 'queued' });
    expect(JSON.stringify(row?.answer)).not.toMatch(/lighthouse|fog|prompt/);
  });

  it('has no second effect once the first was deleted: it is told so, for the day that the key holds', async () => {
    const key = randomUUID();
    const first = await ada.create(order, named(key));
    await ada.ended(first.json.id);
    expect((await ada.remove(`/generations/${String(first.json.id)}`)).status).toBe(204);
    const [before, count] = [await ada.balance(), await made(ada)];
    const again = await ada.create(order, named(key));
    expect([again.status, again.json.code]).toEqual([410, 'idempotency_effect_deleted']);
    const another = await ada.create({ ...order, prompt: 'another' }, named(key));
    expect(another.json.code).toBe('idempotency_key_reused');
    expect([await ada.balance(), await made(ada)]).toEqual([before, count]);
    // What was ordered is not kept for it.
    const rows = await ask(service.home, 'select answer from velro.idempotency_keys where key = $1', [key]);
    expect(rows).toEqual([{ answer: null }]);
  });

  it('is told so as well where the effect is deleted while its answer is given again', async () => {
    const key = randomUUID();
    const { json } = await ada.create(order, named(key));
    await ada.ended(json.id);
    await ask(service.home, 'delete from velro.files where generation_id = $1', [json.id]);
    await ask(service.home, 'delete from velro.generations where id = $1', [json.id]);
    const again = await ada.create(order, named(key));
    expect([again.status, again.json.code]).toEqual([410, 'idempotency_effect_deleted']);
    expect(again.headers['idempotency-replayed']).toBeUndefined();
  });

  it('is the same with its members in another order', async () => {
    const key = randomUUID();
    const first = await ada.create(order, named(key));
    const { model_id, prompt, parameters } = order;
    const turned = { parameters: { height: parameters.height, width: parameters.width }, prompt, model_id };
    expect((await ada.create(turned, named(key))).json.id).toBe(first.json.id);
  });

  it('has one effect when twenty come concurrently', async () => {
    const bob = new Customer(await signUp(service));
    const key = randomUUID();
    // A busy machine lets a statement run into its time limit: the client is told to try again with the same key.
    const create = async (): Promise<Answer> => {
      const answer = await bob.create(order, named(key));
      return answer.status === 503 && answer.json.code === 'unavailable' ? create() : answer;
    };
    const answers = await Promise.all(Array.from({ length: 20 }, create));
    const accepted = answers.filter(({ status }) => status === 202);
    const running = answers.filter(({ status }) => status === 409);
    expect(accepted.length + running.length).toBe(20);
    expect(new Set(accepted.map(({ json }) => json.id)).size).toBe(1);
    for (const { json, headers } of running)
      expect([json.code, headers['retry-after']]).toEqual(['idempotency_key_running', '1']);
    expect(await made(bob)).toBe(1);
  });

  it.each([
    ['another prompt', { ...order, prompt: 'another' }],
    ['another parameter', { ...order, parameters: { width: 512, height: 256 } }],
    ['one member more', { ...order, negative_prompt: 'people' }],
  ])('is refused with the key of an earlier one and %s', async (_title, other) => {
    const key = randomUUID();
    await ada.create(order, named(key));
    const before = await made(ada);
    const { status, json } = await ada.create(other, named(key));
    expect([status, json.code]).toEqual([422, 'idempotency_key_reused']);
    expect(await made(ada)).toBe(before);
  });

  it('holds its key while it is accepted: no other request takes it over', async () => {
    const bob = new Customer(await signUp(service));
    const [key, holder] = [randomUUID(), new pg.Client({ connectionString: superuserUrl(service.home) })];
    await holder.connect();
    await holder.query('begin');
    await holder.query('select 1 from velro.users where id = $1 for no key update', [bob.account.id]);
    const answer = bob.create(order, named(key));
    await until(
      async () =>
        (
          await ask(
            service.home,
            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%credit_entries%'",
          )
        ).length > 0,
      'an acceptance that waits for the account',
    );
    const takeover = ask(
      service.home,
      'select 1 from velro.idempotency_keys where user_id = $1 and key = $2 for update nowait',
      [bob.account.id, key],
    );
    const refused = await takeover.then(
      () => 'taken over',
      (error: unknown) => (error as { code?: string }).code,
    );
    await holder.query('commit');
    await holder.end();
    const lockNotAvailable = '55P03';
    expect([refused, (await answer).status, await made(bob)]).toEqual([lockNotAvailable, 202, 1]);
  });

  it('is a different one for another account', async () => {
    const bob = new Customer(await signUp(service));
    const key = randomUUID();
    const [mine, theirs] = [await ada.create(order, named(key)), await bob.create(order, named(key))];
    expect([mine.status, theirs.status]).toEqual([202, 202]);
    expect(mine.json.id).not.toBe(theirs.json.id);
  });

  it('releases its key when it was refused', async () => {
    const poor = new Customer(await signUp(service));
    await ask(service.home, 'update velro.users set credits_balance = 0 where id = $1', [poor.account.id]);
    const key = randomUUID();
    expect((await poor.create(order, named(key))).status).toBe(402);
    await ask(service.home, 'update velro.users set credits_balance = 1000 where id = $1', [poor.account.id]);
    expect((await poor.create(order, named(key))).status).toBe(202);
  });

  it('is refused as running while the first runs, and takes over when its process died', async () => {
    const key = randomUUID();
    const first = await ada.create(order, named(key));
    await ask(
      service.home,
      'update velro.idempotency_keys set answer = null, claimed_until = now() + $2::interval where key = $1',
      [key, '1 minute'],
    );
    const waiting = await ada.create(order, named(key));
    expect([waiting.status, waiting.json.code]).toEqual([409, 'idempotency_key_running']);
    await ask(
      service.home,
      "update velro.idempotency_keys set claimed_until = now() - interval '1 s' where key = $1",
      [key],
    );
    const taken = await ada.create(order, named(key));
    expect([taken.status, taken.json.id === first.json.id]).toEqual([202, false]);
  });

  it.each([
    ['empty', ''],
    ['256 characters long', 'k'.repeat(256)],
    ['with a space', 'a b'],
    ['with a letter beyond ASCII', 'k\u00e9y'],
  ])('is refused when its key is %s', async (_title, key) => {
    const { status, json } = await ada.create(order, named(key));
    expect([status, json.code]).toEqual([400, 'idempotency_key_invalid']);
  });

  it('is retried by its key as well', async () => {
    const { json } = await ada.create(order);
    await ada.ended(json.id);
    await ask(service.home, "update velro.generations set status = 'failed' where id = $1", [json.id]);
    const key = randomUUID();
    const retry = () =>
      ada.account.visitor.call(`/api/v1/generations/${String(json.id)}/retry`, {
        method: 'POST',
        token: ada.account.token,
        headers: named(key),
      });
    const [first, again] = [await retry(), await retry()];
    expect([first.status, again.status, again.json]).toEqual([202, 202, first.json]);
  });
});
