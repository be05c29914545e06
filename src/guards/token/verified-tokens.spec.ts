import { describe, expect, it } from '@jest/globals';
import { accessTokenPolicy } from '../../../config/policy/accounts/tokens.js';
import type { Caller } from '../route/caller.js';
import type { TokenUses } from '../../ports/accounts/token-uses.js';
import { VerifiedTokens } from './verified-tokens.js';
import { HandClock } from '../../../test/support/clock/hand-clock.js';

const caller = (expiresAt = 2000): Caller => ({
  userId: 'u',
  sessionId: 's',
  tokenId: 't',
  role: 'user',
  ver: 1,
  authTime: 1,
  issuedAt: 1,
  expiresAt,
  scopes: null,
  key: null,
});
const signature = 's'.repeat(86);

const unnoted = { note: () => undefined } as TokenUses;

describe('verified tokens', () => {
  it('are found by the whole header, not by a signature under other claims', () => {
    const tokens = new VerifiedTokens(unnoted, new HandClock(1_000_000));
    const known = caller();
    tokens.keep(`Bearer head.claims.${signature}`, known);
    expect(tokens.find(`Bearer head.claims.${signature}`)).toBe(known);
    for (const other of [
      `Bearer head.other.${signature}`,
      `bearer head.claims.${signature}`,
      `Bearer  head.claims.${signature}`,
      signature,
      '',
    ])
      expect(tokens.find(other)).toBeUndefined();
  });

  it('are removed in the second in which they expire', () => {
    const clock = new HandClock(1_000_000);
    const tokens = new VerifiedTokens(unnoted, clock);
    tokens.keep(`Bearer a.b.${signature}`, caller(1500));
    clock.time = 1499 * 1000;
    expect(tokens.find(`Bearer a.b.${signature}`)).toBeDefined();
    clock.time = 1500 * 1000;
    expect(tokens.find(`Bearer a.b.${signature}`)).toBeUndefined();
    clock.time = 1499 * 1000;
    expect(tokens.find(`Bearer a.b.${signature}`)).toBeUndefined();
  });

  it('are bounded in number: the oldest is verified again', () => {
    const tokens = new VerifiedTokens(unnoted, new HandClock(1_000_000));
    const header = (at: number): string => `Bearer a.b.${String(at).padStart(86, '0')}`;
    for (let at = 0; at <= accessTokenPolicy.verifiedAtMost; at++) tokens.keep(header(at), caller());
    expect(tokens.find(header(0))).toBeUndefined();
    expect(tokens.find(header(1))).toBeDefined();
    expect(tokens.find(header(accessTokenPolicy.verifiedAtMost))).toBeDefined();
  });
});
