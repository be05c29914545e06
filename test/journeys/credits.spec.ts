import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { ask, unbalanced } from '../support/database/database.js';
import { patient } from '../support/process/policy.js';
import { Service, signUp, type Account } from '../support/process/service.js';

const start = 20;
const nobody = '00000000-0000-4000-8000-000000000000';

describe('credits', () => {
  let service: Service;
  let admin: Administrator;
  beforeAll(async () => {
    service = await Service.start({ DEFAULT_USER_CREDITS: String(start), ...patient });
    admin = await administrator(service, 'admin');
  });
  afterAll(async () => {
    await service.discard();
  });

  const get = (who: Account, rest: string) =>
    who.visitor.call(`/api/v1/credits/${rest}`, { token: who.token });
  const adjust = (who: Account, body: unknown) =>
    who.visitor.call('/api/v1/admin/credits/adjust', { token: who.token, body });
  const give = (who: Account, amount: number, reason = 'for the trouble') =>
    adjust(admin, { user_id: who.id, amount, reason });
  const paint = async (who: Account): Promise<string> => {
    const body = { model_id: 'velro/canvas', prompt: 'fog', parameters: { width: 256, height: 256 } };
    const { json } = await who.visitor.call('/api/v1/generations', { token: who.token, body });
    await who.visitor.events(`/api/v1/generations/${String(json.id)}/events`, who.token);
    return json.id as string;
  };
  const ledger = (who: Account) =>
    ask(
      service.home,
      'select kind, balance_change::int as balance, reserved_change::int as reserved from velro.credit_entries where user_id = $1 order by id',
      [who.id],
    );

  it('are granted at the start, reserved while a generation runs, and spent by its end', async () => {
    const ada = await signUp(service);
    expect((await get(ada, 'balance')).json).toEqual({ balance: start, reserved: 0 });
    const id = await paint(ada);
    expect((await get(ada, 'balance')).json).toEqual({ balance: start - 1, reserved: 0 });
    expect(await ledger(ada)).toEqual([
      { kind: 'grant', balance: start, reserved: 0 },
      { kind: 'reserve', balance: -1, reserved: 1 },
      { kind: 'commit', balance: 0, reserved: -1 },
    ]);
    const { json } = await get(ada, 'transactions');
    const line = { id: expect.any(String), call_id: null, reason: null, created_at: expect.any(String) };
    expect(json).toEqual({
      data: [
        { ...line, kind: 'commit', balance_change: 0, reserved_change: -1, generation_id: id },
        { ...line, kind: 'reserve', balance_change: -1, reserved_change: 1, generation_id: id },
        { ...line, kind: 'grant', balance_change: start, reserved_change: 0, generation_id: null },
      ],
      next_cursor: null,
    });
    expect((await get(ada, 'stats')).json).toEqual({
      granted: start,
      adjusted: 0,
      spent: 1,
      released: 0,
      spent_30_days: 1,
    });
    expect(await ask(service.home, unbalanced)).toEqual([]);
  });

  it('have a ledger that only its owner reads, newest first, page by page, each entry once', async () => {
    const [ada, eve] = [await signUp(service), await signUp(service)];
    for (let count = 1; count <= 6; count++) await give(ada, count);
    const seen: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { json } = await get(ada, `transactions?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(json.data.length).toBeLessThanOrEqual(3);
      seen.push(...json.data.map((line: { balance_change: number }) => line.balance_change));
      cursor = json.next_cursor as string | null;
    }
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, start]);
    const hers = (await get(eve, 'transactions')).json.data;
    expect(hers.map((line: { kind: string }) => line.kind)).toEqual(['grant']);
  });

  it('are added and deducted by an administrator, with a reason that the owner sees, and one event', async () => {
    const ada = await signUp(service);
    const answer = await give(ada, 30, 'the outage of Tuesday');
    expect([answer.status, answer.json]).toEqual([200, { balance: start + 30, reserved: 0 }]);
    expect((await give(ada, -45)).json).toEqual({ balance: 5, reserved: 0 });
    const { json } = await get(ada, 'transactions');
    expect(json.data[1]).toMatchObject({
      kind: 'adjust',
      balance_change: 30,
      reserved_change: 0,
      generation_id: null,
      reason: 'the outage of Tuesday',
    });
    expect(JSON.stringify(json)).not.toContain(admin.id);
    expect((await get(ada, 'stats')).json).toMatchObject({ granted: start, adjusted: -15 });
    expect(await ask(service.home, unbalanced)).toEqual([]);
    const lines = service.lines().filter((line) => line['target'] === ada.id);
    expect(lines).toMatchObject([
      { event: 'authz_admin', threat_level: 'MEDIUM', user_id: admin.id, amount: 30 },
      { event: 'authz_admin', threat_level: 'MEDIUM', user_id: admin.id, amount: -45 },
    ]);
    expect(JSON.stringify(lines)).not.toContain('outage');
  });

  it('are not deducted beyond the balance, and nothing is written then', async () => {
    const ada = await signUp(service);
    const refused = await give(ada, -start - 1);
    expect([refused.status, refused.json.code]).toEqual([409, 'balance_exceeded']);
    expect(await ledger(ada)).toHaveLength(1);
    expect((await give(ada, -start)).json).toEqual({ balance: 0, reserved: 0 });
  });

  it('are not raised beyond what a number holds', async () => {
    const ada = await signUp(service);
    const most = Number.MAX_SAFE_INTEGER;
    await ask(service.home, 'update velro.users set credits_balance = $2 where id = $1', [ada.id, most - 5]);
    await ask(service.home, 'update velro.credit_entries set balance_change = $2 where user_id = $1', [
      ada.id,
      most - 5,
    ]);
    const refused = await give(ada, 6);
    expect([refused.status, refused.json.code]).toEqual([409, 'balance_exceeded']);
    expect((await give(ada, 5)).json.balance).toBe(most);
    expect(await ask(service.home, unbalanced)).toEqual([]);
  });

  it('are deducted only as often as the balance covers by ten concurrent administrators', async () => {
    const ada = await signUp(service);
    const answers = await Promise.all(Array.from({ length: 10 }, () => give(ada, -6)));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array<number>(3).fill(200),
      ...Array<number>(7).fill(409),
    ]);
    expect((await get(ada, 'balance')).json.balance).toBe(start - 18);
    expect(await ledger(ada)).toHaveLength(4);
    expect(await ask(service.home, unbalanced)).toEqual([]);
  });

  it('are not adjusted for an unknown account', async () => {
    const answer = await adjust(admin, { user_id: nobody, amount: 1, reason: 'mistake' });
    expect([answer.status, answer.json.code]).toEqual([404, 'not_found']);
    expect(
      await ask(service.home, 'select 1 from velro.credit_entries where user_id = $1', [nobody]),
    ).toEqual([]);
  });

  it.each(['user', 'viewer'])('are not adjusted by a %s, not even their own', async (role) => {
    const eve = await signUp(service);
    await ask(service.home, 'update velro.users set role = $2 where id = $1', [eve.id, role]);
    const { json } = await eve.visitor.call('/api/v1/auth/refresh', {
      body: { refresh_token: eve.refreshToken },
    });
    const now = { ...eve, token: json.access_token as string };
    const answer = await adjust(now, { user_id: eve.id, amount: 1000, reason: 'I like it' });
    expect([answer.status, answer.json.code]).toEqual([403, 'forbidden']);
    expect((await get(now, 'balance')).json.balance).toBe(start);
  });

  it('are adjusted only with a proof of the second factor from the last ten minutes', async () => {
    const stale = await administrator(service, 'admin');
    await ask(
      service.home,
      "update velro.sessions set auth_time = now() - interval '11 minutes' where user_id = $1",
      [stale.id],
    );
    const { json } = await stale.visitor.call('/api/v1/auth/refresh', {
      body: { refresh_token: stale.refreshToken },
    });
    const now = { ...stale, token: json.access_token as string };
    const answer = await adjust(now, { user_id: stale.id, amount: 1, reason: 'too late' });
    expect([answer.status, answer.json.code]).toEqual([401, 'step_up_required']);
  });

  it.each([
    ['a fraction', { amount: 0.5 }],
    ['text', { amount: '5' }],
    ['infinity', { amount: 1e999 }],
    ['more than a billion', { amount: 1_000_000_001 }],
    ['less than minus a billion', { amount: -1_000_000_001 }],
    ['nothing', { amount: undefined }],
    ['a list', { amount: [5] }],
    ['zero', { amount: 0 }],
    ['a blank reason', { reason: '    ' }],
    ['a reason of two characters', { reason: 'no' }],
    ['a reason of 501 characters', { reason: 'a'.repeat(501) }],
    ['no reason', { reason: null }],
    ['somebody who is no id', { user_id: 'ada' }],
    ['several people', { user_id: [nobody] }],
    ['an unknown field', { reserved: 5 }],
  ])('are not adjusted by %s', async (_title, bent) => {
    const answer = await adjust(admin, { user_id: nobody, amount: 1, reason: 'as agreed', ...bent });
    expect([answer.status, answer.json.code]).toEqual([422, 'validation_failed']);
  });

  it('are not adjusted by their own administrator', async () => {
    const answer = await adjust(admin, { user_id: admin.id, amount: 1, reason: 'as agreed' });
    expect([answer.status, answer.json.code]).toEqual([409, 'own_account']);
    expect((await get(admin, 'balance')).json.balance).toBe(start);
  });

  it.each([
    ['transactions?limit=0', 422],
    ['transactions?limit=101', 422],
    ['transactions?cursor=x', 422],
    ['transactions?cursor=-1', 422],
    ['transactions?cursor=1e3', 422],
    ['transactions?cursor=9999999999999999999', 422],
    [`transactions?user_id=${nobody}`, 422],
    ['nothing', 404],
  ])('answer GET %s with %i', async (rest, status) => {
    expect((await get(await signUp(service), rest)).status).toBe(status);
  });
});
