import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Line } from '../support/database/database-line.js';
import { ask } from '../support/database/database.js';
import { faultRounds } from '../support/generations/fault-kills.js';
import { startBeside } from '../support/process/second-instance.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { claimsIn } from '../support/tokens/forged-tokens.js';

/** A million in full: what the replica is made for. */
const revocations = faultRounds(20) * 1000;

describe(`an instance that starts beside ${revocations} revocations in force`, () => {
  let first: Service;
  let second: Service;
  let line: Line;
  let [revoked, living]: [Account | null, Account | null] = [null, null];
  beforeAll(async () => {
    first = await Service.start({ RATE_LIMIT_API_STANDARD: '100000/minute' });
    const [gone, alive] = [await signUp(first), await signUp(first)];
    const { sid } = claimsIn(gone.token) as { sid: string };
    const fill = (from: number, to: number) =>
      ask(
        first.home,
        `insert into velro.revocations (kind, subject, expires_at)
         select 'sid', gen_random_uuid(), now() + interval '30 minutes' from generate_series($1::int, $2::int)`,
        [from, to],
      );
    await fill(1, Math.floor(revocations / 2));
    await ask(
      first.home,
      "insert into velro.revocations (kind, subject, expires_at) values ('sid', $1, now() + interval '30 minutes')",
      [sid],
    );
    await fill(Math.floor(revocations / 2) + 2, revocations);
    ({ service: second, line } = await startBeside(first, { RATE_LIMIT_API_STANDARD: '100000/minute' }));
    [revoked, living] = [gone, alive];
  });
  afterAll(async () => {
    line.close();
    await second.discard();
    await first.discard();
  });

  const session = (account: Account | null) =>
    second.visitor().call('/api/v1/auth/session', { token: account?.token ?? '' });

  it('is fresh before it listens: nobody is refused for its first second, and what is revoked is refused', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => session(living)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await session(revoked)).status).toBe(401);
  });

  it('answers again after its connection was cut, without a yes to what is revoked at any moment', async () => {
    const statuses = new Set<number>();
    const watch = { isOn: true };
    const watching = (async () => {
      while (watch.isOn) statuses.add((await session(revoked)).status);
    })();
    line.freeze();
    await until(async () => (await session(living)).status === 503, 'a silent feed');
    line.thaw();
    await until(async () => (await session(living)).status === 200, 'a fresh replica');
    watch.isOn = false;
    await watching;
    expect([...statuses].filter((status) => status !== 401 && status !== 503)).toEqual([]);
    expect((await session(revoked)).status).toBe(401);
  });
});
