import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Counting } from '../support/security-events/counting.js';
import { Service, signUp } from '../support/process/service.js';
import { underForeignKey } from '../support/tokens/forged-tokens.js';
import { until } from '../support/process/wait-until.js';

const metricsToken = '5b1f0c6e9a7d4e3f8c2b1a0d9e8f7c6b5a4d3e2f1c0b9a8d7e6f5c4b3a2d1e0f';
const requests = 400;

describe('thousands of equal requests', () => {
  let service: Service;
  let counting: Counting;
  let stopped = false;
  beforeAll(async () => {
    service = await Service.start({ METRICS_TOKEN: metricsToken });
    counting = new Counting(service, metricsToken);
  });

  afterAll(async () => {
    if (!stopped) await service.discard();
  });

  it('with a token after its logout are one line and one row at once, and each is counted', async () => {
    const account = await signUp(service);
    await account.visitor.call('/api/v1/auth/logout', { token: account.token, body: {} });
    const thief = service.visitor();
    const before = await counting.value('rate_limit_violations');
    let refusedByLimit = 0;
    for (let at = 0; at < requests; at += 20)
      for (const { status } of await Promise.all(
        Array.from({ length: 20 }, () => thief.call('/api/v1/auth/me', { token: account.token })),
      ))
        if (status === 429) refusedByLimit++;
    // A HIGH event amid them is written.
    await thief.call('/api/v1/auth/me', { token: underForeignKey(account.token) });
    await service.logged();
    expect(counting.lines(thief.address)).toEqual({
      'AUTH-MIDDLEWARE VIOLATION revoked': [0],
      'RATE-LIMITER api_standard exceeded': [0],
      'AUTH-MIDDLEWARE VIOLATION signature': [0],
      'THREAT MEDIUM rate_limit_violation': [0],
      'THREAT HIGH rate_limit_violation': [0],
    });
    await until(async () => (await counting.rows(thief.address)) === 5, 'the rows');
    // The request with the forged token is over the limit too.
    expect((await counting.value('rate_limit_violations')) - before).toBe(refusedByLimit + 1);
  });

  it('stand in the log with their number by the end of the process', async () => {
    await service.stop();
    stopped = true;
    const [thief] = counting.addresses('AUTH-MIDDLEWARE VIOLATION revoked');
    const lines = counting.lines(thief ?? '');
    const total = (text: string): number =>
      (lines[text] ?? []).reduce((sum, suppressed) => sum + 1 + suppressed, 0);
    expect(lines['AUTH-MIDDLEWARE VIOLATION revoked']?.length).toBeLessThanOrEqual(3);
    expect(total('AUTH-MIDDLEWARE VIOLATION revoked')).toBe(requests);
    expect(total('RATE-LIMITER api_standard exceeded')).toBe(requests + 1 - 100);
  });
});
