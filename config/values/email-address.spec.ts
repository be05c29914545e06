import { describe, expect, it } from '@jest/globals';
import { canonicalEmail, parseEmailAddress } from './email-address.js';
import { Malformed } from './parse-values.js';

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

describe('one mail address of a variable', () => {
  it.each([
    'watch@example.com',
    'a.b+c@mail.example.co.uk',
    ' Watch@xn--mnchen-3ya.de ',
    "o'neil@example.com",
  ])('%j is taken as it is written', (text) => {
    expect(parseEmailAddress(text)).toBe(text.trim());
  });

  it.each([
    'watch',
    '@example.com',
    'watch@',
    'watch@example',
    'a@b@example.com',
    'a@example.com,b@example.com',
    'Watch <watch@example.com>',
    'watch@example.com\r\nBcc: b@example.com',
    'wa tch@example.com',
    '.watch@example.com',
    'wa..tch@example.com',
    'watch@-example.com',
    'watch@example..com',
    'wätch@example.com',
    `${'a'.repeat(65)}@example.com`,
    `watch@${'a'.repeat(64)}.com`,
    `watch@${'a.'.repeat(130)}com`,
  ])('%.40j is none', (text) => {
    expect(parseEmailAddress(text)).toBeInstanceOf(Malformed);
  });
});
