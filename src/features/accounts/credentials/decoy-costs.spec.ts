import { describe, expect, it } from '@jest/globals';
import { DecoyCosts } from './decoy-costs.js';

describe('the duration of a refused sign-in', () => {
  it('says nothing before a lookup and a check of a password were measured', () => {
    const costs = new DecoyCosts();
    expect(costs.isLookup(5)).toBe(null);
    costs.lookedUp(10);
    expect(costs.isLookup(5)).toBe(null);
    costs.verified(200);
    expect(costs.isLookup(5)).toBe(true);
  });

  it.each([
    [9, true],
    [40, true],
    [50, false],
    [190, false],
    [900, false],
  ])('of %d ms, where a lookup takes 10 and a check 200, is one of a lookup: %s', (ms, isLookup) => {
    const costs = new DecoyCosts();
    for (const slow of [10, 300, 40]) costs.lookedUp(slow);
    for (const slow of [900, 200, 250]) costs.verified(slow);
    expect(costs.isLookup(ms)).toBe(isLookup);
  });

  it('follows a provider that becomes slower, and forgets measurements that are old', () => {
    const costs = new DecoyCosts();
    costs.lookedUp(1);
    costs.verified(20);
    for (let call = 0; call < 64; call++) {
      costs.lookedUp(100);
      costs.verified(900);
    }
    expect(costs.isLookup(150)).toBe(true);
  });
});
