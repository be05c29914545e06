import { describe, expect, it } from '@jest/globals';
import { endOfJwt } from './end-of-jwt.js';
import { daysBetween, levelOfAge, levelOfEnd, worst, type KeyLevel } from './key-level.js';

const now = new Date('2026-11-27T12:00:00Z');
const inDays = (days: number): Date => new Date(now.getTime() + days * 24 * 3_600_000);

describe('the urgency of a key', () => {
  it.each<[number, KeyLevel]>([
    [-1, 'critical'],
    [0, 'critical'],
    [3, 'critical'],
    [3.01, 'warning'],
    [7, 'warning'],
    [7.01, 'notice'],
    [30, 'notice'],
    [30.01, 'ok'],
  ])('that ends in %p days is %s', (days, level) => {
    expect(levelOfEnd(inDays(days), now)).toBe(level);
  });

  it('that does not end is ok', () => {
    expect(levelOfEnd(null, now)).toBe('ok');
  });

  it.each<[number, KeyLevel]>([
    [90, 'ok'],
    [90.01, 'notice'],
    [4000, 'notice'],
  ])('that is %p days old is %s', (days, level) => {
    expect(levelOfAge(inDays(-days), now)).toBe(level);
  });

  it('of several is that of the most urgent', () => {
    expect(worst(['ok', 'critical', 'notice'])).toBe('critical');
    expect(worst(['ok', 'notice'])).toBe('notice');
    expect(worst([])).toBe('ok');
  });

  it('counts whole days', () => {
    expect([daysBetween(now, inDays(2.9)), daysBetween(now, inDays(-0.1))]).toEqual([2, -1]);
  });
});

describe('the end of a key', () => {
  const jwt = (claims: unknown): string =>
    `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`;

  it('that is a JWT is read from it', () => {
    expect(endOfJwt(jwt({ role: 'anon', exp: 1_800_000_000 }))).toEqual(new Date(1_800_000_000_000));
  });

  it.each([
    ['a JWT without one', jwt({ role: 'anon' })],
    ['a JWT with another type', jwt({ exp: 'soon' })],
    ['a JWT of null', jwt(null)],
    ['no JSON', 'eyJhbGciOiJIUzI1NiJ9.e30x.c2ln'],
    ['four parts', `${jwt({ exp: 1_800_000_000 })}.x`],
    ['a key of another form', 'sb_secret_abcdef'],
    ['nothing', ''],
  ])('of %s is not known', (_, text) => {
    expect(endOfJwt(text)).toBeNull();
  });
});
