import { describe, expect, it } from '@jest/globals';
import { bearerCredentials, reasonOfText } from './credentials.js';

describe('credentials that are no token of ours', () => {
  it.each([
    ['Bearer undefined', 'unset'],
    ['Bearer null', 'unset'],
    ['Bearer ', 'unset'],
    ['Bearer', 'unset'],
    ['bearer ', 'unset'],
    ['Bearer ${TOKEN}', 'unset'],
    ['Bearer {{token}}', 'unset'],
    ['Bearer <token>', 'unset'],
    ['Bearer $TOKEN', 'unset'],
    ['Bearer [object Object]', 'unset'],
    ['Bearer velro_', 'unset'],
    [`Bearer sk-${'a'.repeat(48)}`, 'other_vendor'],
    [`Bearer sk_live_${'a'.repeat(24)}`, 'other_vendor'],
    [`Bearer ghp_${'a'.repeat(36)}`, 'other_vendor'],
    [`Bearer AIza${'a'.repeat(35)}`, 'other_vendor'],
    ['Basic dXNlcjpwYXNz', 'scheme'],
    ['Token abc', 'scheme'],
    ['', 'scheme'],
    ['Bearer invalid-token', 'malformed'],
    ['Bearer a.b', 'malformed'],
    ['Bearer  a.b.c', 'malformed'],
    [`Bearer ${'a'.repeat(3000)}`, 'too_long'],
  ])('%.40j are refused as %s', (authorization, reason) => {
    expect(reasonOfText(authorization)).toBe(reason);
  });

  it('are read behind the scheme in any case, and behind no other', () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR'])
      expect(bearerCredentials(`${scheme} a.b.c`)).toBe('a.b.c');
    for (const other of ['Basic a.b.c', 'Bearera.b.c', 'a.b.c', 'Bearer\ta.b.c'])
      expect(bearerCredentials(other)).toBe(null);
  });
});
