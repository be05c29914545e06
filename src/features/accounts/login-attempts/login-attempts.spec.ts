import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { Problem } from '../../../errors/problem.js';
import { AccountKey } from './account-key.js';
import {
  LoginAttemptsStage,
  config,
  withDevice,
} from '../../../../test/support/accounts/login-attempts-stage.js';

describe('login attempts at an account, counted in PostgreSQL', () => {
  const stage = new LoginAttemptsStage();
  const { events, start, instance, stranger, person, signIn, tries, settle, exhaust, left, row } = stage;
  beforeAll(stage.open);
  afterAll(stage.close);

  it.each(['known', 'unknown'] as const)(
    'grants exactly 100 of 500 parallel guesses: %s account',
    async (kind) => {
      const email = kind === 'known' ? (await person()).email : stranger();
      const { granted, refused } = await tries(email, null, 500);
      expect(granted).toHaveLength(100);
      expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['account_guesses_exceeded']));
      expect(new Set(refused.map(({ parts }) => JSON.stringify(parts)))).toEqual(
        new Set(['{"headers":{"retry-after":"3600"}}']),
      );
      await settle(granted, 'fail');
      expect((await tries(email, null, 20)).granted).toHaveLength(0);
      expect(await row(email)).toMatchObject({ failures: 100, pending: 0 });
    },
  );

  it('keeps the count across a restart, with pending attempts', async () => {
    const email = stranger();
    await settle((await tries(email, null, 60)).granted, 'fail');
    await tries(email, null, 40);
    await expect(start().reserve(email, withDevice(null))).rejects.toMatchObject({
      code: 'account_guesses_exceeded',
    });
  });

  it('treats another spelling of the address as the same account', async () => {
    const email = stranger();
    await exhaust(email);
    for (const spelling of [email.toUpperCase(), ` ${email} `, email.replace('@', '＠')])
      await expect(stage.guesses.reserve(spelling, withDevice(null))).rejects.toMatchObject({
        code: 'account_guesses_exceeded',
      });
  });

  it('does not store the address of an account', async () => {
    const { email, id } = await person();
    await signIn({ id, email });
    const { rows } = await sql<{ line: string }>`
      select g::text || coalesce(d::text, '') as line from velro.account_guesses g
      left join velro.devices d on d.account = g.account`.execute(stage.database.query);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ line }) => line).join('\n')).not.toContain('example.com');
    expect(JSON.stringify(events.heard)).not.toContain('example.com');
  });

  it('resets the failures at a success, and not the pending attempts', async () => {
    const user = await person();
    await settle((await tries(user.email, null, 70)).granted, 'fail');
    const { granted } = await tries(user.email, null, 20);
    await signIn(user);
    expect(await row(user.email)).toEqual({ failures: 0, pending: 20, user_id: user.id });
    expect(await left(user.email)).toBe(80);
    await settle(granted, 'fail');
    expect(await left(user.email)).toBe(80);
  });

  it('counts a success that rolled back until it is given back', async () => {
    const user = await person();
    await settle((await tries(user.email, null, 99)).granted, 'fail');
    const reservation = await stage.guesses.reserve(user.email, withDevice(null));
    await expect(
      stage.database.transaction(async (tx) => {
        await stage.guesses.succeed(tx, reservation, user.id);
        throw new Error('later in the transaction');
      }),
    ).rejects.toThrow('later');
    expect(await left(user.email)).toBe(0);
    await stage.guesses.giveBack(reservation);
    expect(await left(user.email)).toBe(1);
  });

  it('resets the failures at a completed reset, with or without an account', async () => {
    for (const email of [stranger(), (await person()).email]) {
      await exhaust(email);
      await stage.database.transaction((tx) => stage.guesses.reset(tx, email));
      expect(await left(email)).toBe(100);
    }
  });

  it('is exact when attempts are counted, given back and failed concurrently', async () => {
    const email = stranger();
    let failed = 0;
    const worker = async (index: number): Promise<void> => {
      for (let round = 0; round < 12; round++) {
        const reservation = await instance(index).reserve(email, withDevice(null));
        const fails = (index + round) % 4 === 0;
        if (fails) failed++;
        await instance(index + round)[fails ? 'fail' : 'giveBack'](reservation);
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, index) => worker(index)));
    expect(await row(email)).toMatchObject({ failures: failed, pending: 0 });
    expect(await left(email)).toBe(100 - failed);
  });

  it('purges old counts of addresses without an account, and never that of an account, whether or not it has signed in', async () => {
    const [recent, old, never, once] = [stranger(), stranger(), await person(), await person()];
    await signIn(once);
    for (const email of [recent, old, never.email, once.email]) await exhaust(email);
    await sql`update velro.account_guesses set attempted_at = now() - interval '31 days'
      where account <> ${new AccountKey(config).of(recent)}`.execute(stage.database.query);
    await stage.purge.run(new AbortController().signal);
    expect(await row(old)).toBeUndefined();
    for (const email of [recent, never.email, once.email]) expect(await left(email)).toBe(0);
    expect(await row(never.email)).toMatchObject({ user_id: never.id });
  });

  it('counts an attempt whose process died as a failure that a success resets', async () => {
    const user = await person();
    await tries(user.email, null, 100);
    await sql`update velro.account_guesses set attempted_at = now() - interval '6 minutes'`.execute(
      stage.database.query,
    );
    expect(await left(user.email)).toBe(0);
    await stage.database.transaction((tx) => stage.guesses.reset(tx, user.email));
    expect(await left(user.email)).toBe(100);
  });

  it('logs each refusal once, with the rule', async () => {
    const email = stranger();
    await exhaust(email);
    events.heard.length = 0;
    await expect(stage.guesses.reserve(email, withDevice(null))).rejects.toThrow(Problem);
    expect(events.heard).toEqual([
      {
        event: 'authn_login_lock',
        counts: 'rate_limit_violations',
        level: 'MEDIUM',
        text: 'RATE-LIMITER auth_login exceeded',
        sourceIp: '192.0.2.7',
        requestId: 'r',
        response: 'refused',
        signal: 'limit_exceeded',
        details: { rule: 'auth_login', scope: 'account', retry_after_s: 3600 },
      },
    ]);
  });
});
