import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, isSleeping } from '../support/database/database.js';
import type { Line } from '../support/database/database-line.js';
import { until } from '../support/process/wait-until.js';
import { startBeside } from '../support/process/second-instance.js';
import { Service, signUp, type Account } from '../support/process/service.js';

const comes = (check: () => Promise<boolean>, timeoutMs = 15_000): Promise<boolean> =>
  until(check, String(check), timeoutMs).then(
    () => true,
    () => false,
  );

describe('two instances and the feed between them', () => {
  let first: Service;
  let second: Service;
  let line: Line;
  beforeAll(async () => {
    first = await Service.start();
    ({ service: second, line } = await startBeside(first));
  });
  afterAll(async () => {
    line.close();
    await second.discard();
    await first.discard();
  });

  const status = async (service: Service, token: string): Promise<number> =>
    (await service.visitor().call('/api/v1/auth/session', { token })).status;
  const logout = (account: Account): Promise<unknown> =>
    account.visitor.call('/api/v1/auth/logout', { method: 'POST', token: account.token });

  it('a token revoked on one is refused by the other', async () => {
    const account = await signUp(first);
    expect(await comes(async () => (await status(second, account.token)) === 200)).toBe(true);
    await logout(account);
    expect(await status(first, account.token)).toBe(401);
    expect(await comes(async () => (await status(second, account.token)) === 401, 2000)).toBe(true);
  });

  it('an instance without its feed answers authenticated requests with 503 instead of using a stale replica, while the other serves', async () => {
    const account = await signUp(first);
    expect(await comes(async () => (await status(second, account.token)) === 200)).toBe(true);
    line.freeze();
    await logout(account);
    expect(await comes(async () => (await status(second, account.token)) === 503, 5000)).toBe(true);
    const refused = await second.visitor().call('/api/v1/auth/session', { token: account.token });
    expect([refused.json.code, refused.headers['retry-after']]).toEqual(['unavailable', '2']);
    expect((await second.visitor().call('/health/live')).status).toBe(200);
    expect((await second.visitor().call('/health/ready')).status).toBe(503);
    expect(await status(first, (await signUp(first)).token)).toBe(200);
    line.thaw();
    expect(await comes(async () => (await status(second, account.token)) === 401)).toBe(true);
  });

  it('an instance never accepts a token revoked during its disconnection, at any moment of its reconnect', async () => {
    const accounts = [await signUp(first), await signUp(first), await signUp(first)];
    const stays = await signUp(first);
    line.freeze();
    for (const account of accounts) await logout(account);
    expect(await comes(async () => (await status(second, stays.token)) === 503, 5000)).toBe(true);
    line.thaw();
    const seen = new Set<number>();
    expect(
      await comes(async () => {
        for (const account of accounts) seen.add(await status(second, account.token));
        return (await status(second, stays.token)) === 200;
      }),
    ).toBe(true);
    expect([...seen].filter((code) => code === 200)).toEqual([]);
  });

  it('a revocation whose transaction was open during a reconnect is not missed', async () => {
    const account = await signUp(first);
    expect(await comes(async () => (await status(second, account.token)) === 200)).toBe(true);
    const sid = (await first.visitor().call('/api/v1/auth/session', { token: account.token })).json
      .sid as string;
    // Written before the reconnect, committed three seconds after it began.
    const late = ask(
      first.home,
      `do $$ begin insert into velro.revocations (kind, subject, expires_at) values ('sid', '${sid}', now() + interval '15 minutes'); perform pg_sleep(3); end $$`,
    );
    await until(() => isSleeping(first.home), 'the transaction has inserted its row');
    line.thaw();
    expect(await comes(async () => (await status(second, account.token)) === 200, 2500)).toBe(true);
    await late;
    expect(await comes(async () => (await status(second, account.token)) === 401, 2000)).toBe(true);
  });
});
