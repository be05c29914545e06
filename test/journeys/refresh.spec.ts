import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ask, superuserUrl } from '../support/database/database.js';
import { until } from '../support/process/wait-until.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(async () => {
  await service.discard();
});

describe('a refresh token', () => {
  const refresh = (account: Account, token: string) =>
    account.visitor.call('/api/v1/auth/refresh', { body: { refresh_token: token } });
  const next = async (account: Account, token: string): Promise<string> =>
    (await refresh(account, token)).json.refresh_token as string;
  const alive = async (account: Account): Promise<boolean> =>
    (await account.visitor.call('/api/v1/auth/session', { token: account.token })).status === 200;
  /** Lets every first use of a token of this person have happened so many seconds earlier. */
  const age = (account: Account, seconds: number) =>
    ask(
      service.home,
      `update velro.refresh_tokens t set used_at = used_at - make_interval(secs => $2) from velro.sessions s where s.id = t.session_id and s.user_id = $1 and used_at is not null`,
      [account.id, seconds],
    );

  it('returns the same successor to twenty parallel requests, and no session ends', async () => {
    const account = await signUp(service);
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        let answer = await refresh(account, account.refreshToken);
        // A service that has more to do than it can says so, and is asked again.
        await until(async () => {
          if (answer.status === 429 || answer.status === 503)
            answer = await refresh(account, account.refreshToken);
          return answer.status !== 429 && answer.status !== 503;
        }, 'an answer');
        return answer;
      }),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(200));
    expect(new Set(answers.map((answer) => answer.json.refresh_token)).size).toBe(1);
    expect(await alive(account)).toBe(true);
    expect((await refresh(account, answers[0]?.json.refresh_token as string)).status).toBe(200);
  });

  it('returns the same successor again, however late, while that is unused: the answer was lost', async () => {
    const account = await signUp(service);
    const successor = await next(account, account.refreshToken);
    await age(account, 86_400);
    expect(await next(account, account.refreshToken)).toBe(successor);
    expect(await next(account, successor)).not.toBe(successor);
  });

  it('brings an access token that is as old as the request, however long the session was locked: it ends before a revocation of meanwhile does', async () => {
    const account = await signUp(service);
    let iat = Infinity;
    let second = 0;
    // Where a busy machine takes longer than a statement may, the refresh is given up (503) and nothing was used: once more.
    await until(async () => {
      const holder = new pg.Client({ connectionString: superuserUrl(service.home) });
      await holder.connect();
      let [refreshed, isOver]: [ReturnType<typeof refresh> | null, boolean] = [null, false];
      try {
        await holder.query('begin');
        await holder.query('select from velro.sessions where user_id = $1 for update', [account.id]);
        refreshed = refresh(account, account.refreshToken);
        const over = (): void => {
          isOver = true;
        };
        refreshed.then(over, over);
        const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid');
        const waits = 'select from pg_stat_activity where $1 = any(pg_blocking_pids(pid))';
        await until(
          async () => isOver || (await ask(service.home, waits, [rows[0]?.pid])).length > 0,
          'a wait for the session',
        );
        second = Math.floor(Date.now() / 1000);
        await until(() => Math.floor(Date.now() / 1000) > second, 'another second');
      } finally {
        await holder.end();
      }
      const { status, json } = await refreshed;
      if (status === 503 || status === 429) return false;
      expect(status).toBe(200);
      const claims = Buffer.from(String(json.access_token).split('.')[1] ?? '', 'base64url').toString();
      iat = (JSON.parse(claims) as { iat: number }).iat;
      return true;
    }, 'a refresh that waited');
    expect(iat).toBeLessThanOrEqual(second);
  });

  it('works for ten seconds after its successor was used: two tabs', async () => {
    const account = await signUp(service);
    const successor = await next(account, account.refreshToken);
    await next(account, successor);
    await age(account, 8);
    expect(await next(account, account.refreshToken)).toBe(successor);
    expect(await alive(account)).toBe(true);
  });

  it('ends its session and access tokens when reused later, with one log line', async () => {
    const account = await signUp(service);
    const successor = await next(account, account.refreshToken);
    const third = await next(account, successor);
    await age(account, 11);
    const reused = await refresh(account, account.refreshToken);
    expect([reused.status, reused.json.code]).toEqual([401, 'refresh_token_invalid']);
    expect(await alive(account)).toBe(false);
    expect((await refresh(account, third)).status).toBe(401);
    expect(await service.linesOf(reused.json.request_id)).toMatchObject([
      { event: 'authn_token_reuse', threat_level: 'HIGH', user_id: account.id, response: 'session_ended' },
    ]);
  });

  it('counts the use of the access token that came with its successor as a use: a thief who refreshes first is noticed', async () => {
    const account = await signUp(service);
    const stolen = account.refreshToken;
    const thief = service.visitor();
    const fromThief = await thief.call('/api/v1/auth/refresh', { body: { refresh_token: stolen } });
    // Nobody ever exchanges the successor; the thief uses the access token alone.
    expect(
      (await thief.call('/api/v1/auth/me', { token: fromThief.json.access_token as string })).status,
    ).toBe(200);
    const uses = () =>
      ask<{ count: number }>(
        service.home,
        'select count(*)::int as count from velro.refresh_tokens t join velro.sessions s on s.id = t.session_id where s.user_id = $1 and access_used_at is not null',
        [account.id],
      );
    await until(async () => (await uses())[0]?.count === 1, 'a note of the use');
    await ask(
      service.home,
      "update velro.refresh_tokens t set access_used_at = access_used_at - interval '11 seconds' from velro.sessions s where s.id = t.session_id and s.user_id = $1",
      [account.id],
    );
    const reused = await refresh(account, stolen);
    expect([reused.status, reused.json.code]).toEqual([401, 'refresh_token_invalid']);
    expect(
      (await thief.call('/api/v1/auth/me', { token: fromThief.json.access_token as string })).status,
    ).toBe(401);
    expect(
      (await thief.call('/api/v1/auth/refresh', { body: { refresh_token: fromThief.json.refresh_token } }))
        .status,
    ).toBe(401);
  });

  it('gives the access tokens of one successor one id, however often it is asked, so that no use is forgotten', async () => {
    const account = await signUp(service);
    const ids = new Set<string>();
    for (let round = 0; round < 40; round++) {
      const { json } = await refresh(account, account.refreshToken);
      const [, claims = ''] = (json.access_token as string).split('.');
      ids.add((JSON.parse(Buffer.from(claims, 'base64url').toString()) as { jti: string }).jti);
    }
    expect(ids.size).toBe(1);
  });

  it('is noticed when thief and owner take turns with it, at the latest in the second round', async () => {
    const account = await signUp(service);
    const statuses: number[] = [];
    for (let round = 0; round < 2; round++) {
      for (const visitor of [service.visitor(), account.visitor]) {
        const answer = await visitor.call('/api/v1/auth/refresh', {
          body: { refresh_token: account.refreshToken },
        });
        statuses.push(answer.status);
        if (answer.status === 200)
          await visitor.call('/api/v1/auth/me', { token: answer.json.access_token as string });
      }
      await until(
        async () =>
          (
            await ask(
              service.home,
              'select 1 from velro.refresh_tokens t join velro.sessions s on s.id = t.session_id where s.user_id = $1 and access_used_at is not null',
              [account.id],
            )
          ).length === 1,
        'a note of the use',
      );
      await ask(
        service.home,
        "update velro.refresh_tokens t set access_used_at = access_used_at - interval '11 seconds' from velro.sessions s where s.id = t.session_id and s.user_id = $1",
        [account.id],
      );
    }
    expect(statuses).toEqual([200, 200, 401, 401]);
    expect(await alive(account)).toBe(false);
  });

  it('ends its own session and no other of the same person', async () => {
    const account = await signUp(service);
    const login = await account.visitor.call('/api/v1/auth/login', {
      body: { email: account.email, password: 'tall-otter-paints-9-quiet-bridges' },
    });
    await next(account, await next(account, account.refreshToken));
    await age(account, 11);
    await refresh(account, account.refreshToken);
    expect(
      (await account.visitor.call('/api/v1/auth/session', { token: login.json.access_token })).status,
    ).toBe(200);
    expect((await refresh(account, login.json.refresh_token as string)).status).toBe(200);
  });

  it('is refused and ends nothing when forged for a session, or mixed from two', async () => {
    const [ada, bob] = [await signUp(service), await signUp(service)];
    const bytes = (account: Account): Buffer => Buffer.from(account.refreshToken, 'base64url');
    const mixed = Buffer.concat([bytes(ada).subarray(0, 16), bytes(bob).subarray(16)]).toString('base64url');
    const invented = Buffer.concat([bytes(ada).subarray(0, 16), Buffer.alloc(32, 7)]).toString('base64url');
    const padded = `${ada.refreshToken.slice(0, -1)}=`;
    for (const token of [mixed, invented]) expect((await refresh(bob, token)).status).toBe(401);
    expect((await refresh(bob, padded)).status).toBe(401);
    expect([await alive(ada), await alive(bob)]).toEqual([true, true]);
    expect((await refresh(ada, ada.refreshToken)).status).toBe(200);
    expect((await refresh(bob, bob.refreshToken)).status).toBe(200);
  });

  it('is stored hashed and encrypted, never in the clear', async () => {
    const account = await signUp(service);
    const successor = await next(account, account.refreshToken);
    const rows = await ask<{ row: string }>(
      service.home,
      `select t::text || encode(coalesce(sealed_successor, ''), 'escape') as row from velro.refresh_tokens t`,
    );
    const all = rows.map(({ row }) => row).join();
    for (const token of [account.refreshToken, successor]) {
      expect(all).not.toContain(token);
      expect(all).not.toContain(Buffer.from(token, 'base64url').subarray(16).toString('hex'));
    }
    expect(service.printed).not.toContain(successor);
  });

  it('is limited by its session, and repeats do not count', async () => {
    const account = await signUp(service);
    for (let repeat = 0; repeat < 30; repeat++)
      expect((await refresh(account, account.refreshToken)).status).toBe(200);
    let token = await next(account, account.refreshToken);
    const statuses: number[] = [];
    for (let hit = 0; hit < 20; hit++) {
      const answer = await refresh(account, token);
      statuses.push(answer.status);
      token = (answer.json.refresh_token as string | undefined) ?? token;
    }
    // Twenty an hour, the first of which was the exchange above.
    expect(statuses).toEqual([...Array<number>(19).fill(200), 429]);
  });
});

describe('the sessions of a person', () => {
  it('are listed with device, time and a masked address, and ended one by one', async () => {
    const account = await signUp(service);
    const login = await account.visitor.call('/api/v1/auth/login', {
      body: { email: account.email, password: 'tall-otter-paints-9-quiet-bridges' },
      headers: { 'user-agent': 'Otter/1.0 (tall)' },
    });
    const other = login.json.access_token as string;
    const { json } = await account.visitor.call('/api/v1/auth/sessions', { token: account.token });
    expect(json.data).toHaveLength(2);
    const item = json.data.find(({ current }: { current: boolean }) => !current);
    expect(item).toEqual({
      id: expect.any(String),
      current: false,
      created_at: expect.any(String),
      last_used_at: expect.any(String),
      device: 'Otter/1.0 (tall)',
      address: `${account.visitor.address.slice(0, account.visitor.address.lastIndexOf('.'))}.*`,
    });
    expect(
      (
        await account.visitor.call(`/api/v1/auth/sessions/${String(item.id)}`, {
          method: 'DELETE',
          token: account.token,
        })
      ).status,
    ).toBe(204);
    expect((await account.visitor.call('/api/v1/auth/session', { token: other })).status).toBe(401);
    expect((await account.visitor.call('/api/v1/auth/session', { token: account.token })).status).toBe(200);
    expect(
      (await account.visitor.call('/api/v1/auth/sessions', { token: account.token })).json.data,
    ).toHaveLength(1);
  });

  it('are not ended by another account', async () => {
    const [ada, eve] = [await signUp(service), await signUp(service)];
    const { json } = await ada.visitor.call('/api/v1/auth/sessions', { token: ada.token });
    const path = `/api/v1/auth/sessions/${String(json.data[0].id)}`;
    const refused = await eve.visitor.call(path, { method: 'DELETE', token: eve.token });
    expect([refused.status, refused.json.code]).toEqual([404, 'not_found']);
    expect((await ada.visitor.call('/api/v1/auth/session', { token: ada.token })).status).toBe(200);
  });

  it('are at most fifty: the least recently used one ends for the fifty-first', async () => {
    const account = await signUp(service);
    await ask(
      service.home,
      `insert into velro.sessions (id, user_id, auth_time, device, address, expires_at, last_used_at)
       select gen_random_uuid(), $1, now(), 'x', '127.0.0.1', now() + interval '1 day', now() - make_interval(secs => n) from generate_series(1, 60) n`,
      [account.id],
    );
    await account.visitor.call('/api/v1/auth/login', {
      body: { email: account.email, password: 'tall-otter-paints-9-quiet-bridges' },
    });
    const { json } = await account.visitor.call('/api/v1/auth/sessions', { token: account.token });
    expect(json.data).toHaveLength(50);
    expect(json.data.some(({ current }: { current: boolean }) => current)).toBe(true);
  });

  it('report that a token is valid and until when, and allow a change of the name', async () => {
    const account = await signUp(service);
    const valid = await account.visitor.call('/api/v1/auth/validate', {
      method: 'POST',
      token: account.token,
    });
    expect(valid.json).toEqual({ valid: true, expires_at: expect.stringMatching(/^20\d\d-/) });
    const renamed = await account.visitor.call('/api/v1/auth/profile', {
      method: 'PUT',
      token: account.token,
      body: { full_name: 'Ada' },
    });
    expect([renamed.status, renamed.json.full_name]).toEqual([200, 'Ada']);
    expect((await account.visitor.call('/api/v1/auth/me', { token: account.token })).json.full_name).toBe(
      'Ada',
    );
  });
});
