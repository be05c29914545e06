import { describe, expect, it } from '@jest/globals';
import { canonicalEmail } from './email-address.js';

describe('an e-mail address', () => {
  it.each([
    ['ada@münchen.de', 'ada@xn--mnchen-3ya.de'],
    ['ada@mu\u0308nchen.de', 'ada@xn--mnchen-3ya.de'],
    ['ada@xn--mnchen-3ya.de', 'ada@xn--mnchen-3ya.de'],
    ['ADA@MÜNCHEN.DE', 'ada@xn--mnchen-3ya.de'],
    ['ada@XN--MNCHEN-3YA.de', 'ada@xn--mnchen-3ya.de'],
    ['  Ada@Example.com ', 'ada@example.com'],
    ['ａｄａ@example.com', 'ada@example.com'],
    ['ada@example。com', 'ada@example.com'],
    ['ada@faß.de', 'ada@xn--fa-hia.de'],
    ['ada@fass.de', 'ada@fass.de'],
    ['a@b@example.com', 'a@b@example.com'],
  ])('%j is compared as %s', (text, form) => {
    expect(canonicalEmail(text)).toBe(form);
    expect(canonicalEmail(form)).toBe(form);
  });

  it.each([['no address'], ['@example.com'], ['ada@'], ['ada@exa mple.com'], ['x'.repeat(100_000)]])(
    'that is none comes back as some text: %.20j',
    (text) => {
      expect(typeof canonicalEmail(text)).toBe('string');
      expect(canonicalEmail(text).length).toBeLessThanOrEqual(text.length);
    },
  );
});
