import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rateLimits } from '../../../../config/policy/perimeter/rate-limits.js';
import type { Config } from '../../../../config/config.js';
import { Secret } from '../../../../config/values/secret.js';
import { config, LoginAttemptsStage } from '../../../../test/support/accounts/login-attempts-stage.js';
import { client } from '../../../../test/support/accounts/client.js';
import { HandClock } from '../../../../test/support/clock/hand-clock.js';
import { MemoryCounters } from '../../../adapters/memory/memory-counters.js';
import { SystemRandom } from '../../../adapters/system/system.js';
import { AccountKey } from '../login-attempts/account-key.js';
import { MailLimits } from './mail-limits.js';

type Keys = Pick<Config, 'pseudonymKey'>;

describe('mails to an address, in a rotation of PSEUDONYM_KEY', () => {
  const stage = new LoginAttemptsStage();
  beforeAll(() => stage.open());
  afterAll(() => stage.close());

  it('are as many in an hour as without it', async () => {
    const counters = new MemoryCounters(new HandClock());
    const present = new Secret(new SystemRandom().bytes(32).toString('base64'));
    const under = (keys: Keys) =>
      new MailLimits({ rateLimits }, counters, new AccountKey(keys), stage.startWith(keys), stage.events);
    const before = under(config);
    const during = under({ pseudonymKey: { current: present, previous: config.pseudonymKey.current } });
    const [email, other] = [stage.stranger(), stage.stranger()];
    const { limit } = rateLimits.password_reset;
    for (let mail = 1; mail < limit; mail++) expect(await before.take('reset', email, client)).toBe(true);
    expect(await during.take('reset', email, client)).toBe(true);
    expect(await during.take('reset', email, client)).toBe(false);
    expect(await during.take('reset', other, client)).toBe(true);
  });
});
