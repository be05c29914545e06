import { describe, expect, it } from '@jest/globals';
import type { Config } from '../../../../config/config.js';
import { Secret } from '../../../../config/values/secret.js';
import { HandClock } from '../../../../test/support/clock/hand-clock.js';
import { SystemRandom } from '../../../adapters/system/system.js';
import { CallBudget } from './call-budget.js';

const newKey = (): Secret => new Secret(new SystemRandom().bytes(32).toString('base64'));
const budgets: Config['budgets'] = {
  ai: { daily: 5_000_000, monthly: 50_000_000 },
  generations: { daily: null, monthly: null },
  aiPersonDaily: 500_000,
  aiPersonMonthly: null,
  alertShares: [],
};

describe('the budgets of a visitor, in a rotation of PSEUDONYM_KEY', () => {
  it('are those of the address by both keys, in the order of their scopes', () => {
    const [earlier, present] = [newKey(), newKey()];
    const scopesUnder = (pseudonymKey: Config['pseudonymKey']): string[] =>
      new CallBudget({ budgets, pseudonymKey }, new HandClock())
        .sharesOf({
          payer: { kind: 'visitor', visitorId: 'v', address: '192.0.2.7' },
          agent: null,
        })
        .map(({ scope }) => scope)
        .filter((scope) => scope.startsWith('address:'));
    const before = scopesUnder({ current: earlier, previous: null });
    const after = scopesUnder({ current: present, previous: null });
    expect(new Set([...before, ...after]).size).toBe(2);
    expect(scopesUnder({ current: present, previous: earlier })).toEqual([...before, ...after].sort());
  });
});
