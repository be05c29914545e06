import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { databaseLimits } from '../../config/policy/operations/database.js';
import { concurrencyPolicy } from '../../config/policy/perimeter/concurrency.js';
import { AccountShares } from './account-shares.js';

const { perAccount, waiting, waitMs } = concurrencyPolicy;

describe('the share of an account', () => {
  let shares: AccountShares;
  beforeEach(() => {
    jest.useFakeTimers();
    shares = new AccountShares();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const fill = (account: string): void => {
    for (let at = 0; at < perAccount; at++) expect(shares.take(account)).toBe(true);
  };

  it('is taken at once up to its bound, and is no matter of others', () => {
    fill('ada');
    expect(shares.take('ada')).toBeInstanceOf(Promise);
    fill('bob');
  });

  it('is smaller than the pool of connections: one account leaves the others some', () => {
    expect(perAccount).toBeLessThan(databaseLimits.poolSize);
  });

  it('passes a place to whoever has waited longest', async () => {
    fill('ada');
    const order: string[] = [];
    const first = Promise.resolve(shares.take('ada')).then(() => order.push('first'));
    const second = Promise.resolve(shares.take('ada')).then(() => order.push('second'));
    shares.release('ada');
    await first;
    expect(order).toEqual(['first']);
    shares.release('ada');
    await second;
    expect(order).toEqual(['first', 'second']);
  });

  it('refuses who has waited long enough, and gives no place to them later', async () => {
    fill('ada');
    const late = shares.take('ada');
    jest.advanceTimersByTime(waitMs);
    expect(await late).toBe(false);
    for (let at = 0; at < perAccount; at++) shares.release('ada');
    fill('ada');
  });

  it('refuses at once when enough are waiting', () => {
    fill('ada');
    for (let at = 0; at < waiting; at++) expect(shares.take('ada')).toBeInstanceOf(Promise);
    expect(shares.take('ada')).toBe(false);
  });

  it('keeps nothing of an account without a request', () => {
    fill('ada');
    for (let at = 0; at < perAccount; at++) shares.release('ada');
    expect(Reflect.get(shares, 'shares')).toHaveProperty('size', 0);
  });
});
