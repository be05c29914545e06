import { describe, expect, it } from '@jest/globals';
import { codeOf, matchingStep, otpauthUrl, stepAt, toBase32 } from './totp.js';

const secret = Buffer.from('12345678901234567890');

describe('a time-based code', () => {
  // RFC 6238, appendix B, SHA-1; six digits are the last six of its eight.
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('has at second %d the value %s', (second, code) => {
    expect(codeOf(secret, stepAt(second * 1000))).toBe(code);
  });

  it.each([
    [-2, false],
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
  ])('is accepted from a step %d away: %p', (distance, passes) => {
    const now = 1_111_111_109_000;
    const step = stepAt(now) + distance;
    expect(matchingStep(secret, codeOf(secret, step), now)).toBe(passes ? step : null);
  });

  it.each(['', '08180', '0818040', '٠٨١٨٠٤', '-81804', '081804\n'])('is not %p', (code) => {
    expect(matchingStep(secret, code, 1_111_111_109_000)).toBeNull();
  });

  it('comes from a secret that apps read in base 32', () => {
    expect(toBase32(secret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    const url = new URL(otpauthUrl(toBase32(secret), 'ada+1@example.com'));
    expect([url.protocol, url.host, decodeURIComponent(url.pathname)]).toEqual([
      'otpauth:',
      'totp',
      '/Velro:ada+1@example.com',
    ]);
    expect(url.searchParams.get('secret')).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(url.searchParams.get('issuer')).toBe('Velro');
  });
});
