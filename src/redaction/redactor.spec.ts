import { describe, expect, it } from '@jest/globals';
import { redact } from './redactor.js';

const key = ['sk', 'a1'.repeat(20)].join('-');

describe('redaction', () => {
  it.each([
    ['write to ada@example.com please', 'write to [e-mail] please'],
    ['Ada.Lovelace+x@mail.example.co.uk!', '[e-mail]!'],
    ['мой адрес иван@пример.рф', 'мой адрес [e-mail]'],
    ['call +49 30 901820 or 0049-30-901820', 'call [phone] or [phone]'],
    ['(555) 123-4567', '[phone]'],
    ['030/90182000', '[phone]'],
    ['card 4111 1111 1111 1111, 12/28', 'card [card], 12/28'],
    ['4111111111111111', '[card]'],
    ['DE89 3704 0044 0532 0130 00', '[iban]'],
    ['to DE89 3704 0044 0532 0130 00 and so on', 'to [iban] and so on'],
    ['de89 3704 0044 0532 0130 00', '[iban]'],
    ['DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000', '[iban]'],
    ['4111\u00a01111\u00a01111\u00a01111 and 4111.1111.1111.1111', '[card] and [card]'],
    ['card4111111111111111', 'card[card]'],
    ['+49\u00a030\u00a0901820', '[phone]'],
    ['(555)123-4567, 1-800-555-0199, 06.12.34.56.78', '[phone], [phone], [phone]'],
    ['ada@example.com-', '[e-mail]-'],
    ['ada＠example.com, ada@example.xn--p1ai', '[e-mail], [e-mail]'],
    [['sk', 'live', '1a2b3c4d5e6f'].join('_'), '[key]'],
    [['github', 'pat', 'a1'.repeat(20)].join('_'), '[key]'],
    ['my GB82WEST12345698765432.', 'my [iban].'],
    [`the key ${key} works`, 'the key [key] works'],
    ['two: a@b.example and c@d.example', 'two: [e-mail] and [e-mail]'],
  ])('takes what is personal out of %j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    'an order of 1234567890123456 pieces',
    'on 2026-11-27 at 10:30:00',
    'pi is 3.14159265358979',
    'version 1.2.3.4 of 192.168.100.200',
    'the flight AB12 of gate C34',
    'an @mention, and a@b',
    'id 018f0000-0000-7000-8000-000000000001',
    'costs 1.000.000,00 €',
    'Ich habe 3 Katzen und 12 Hunde',
    '日本語の文章です。',
    'emoji 👩‍👩‍👧 stay whole',
  ])('leaves %j as it is', (text) => {
    expect(redact(text)).toBe(text);
  });

  // A pattern that goes back over what it read would not end here.
  it.each([`DE12${'A'.repeat(33)} `, 'DE12 ', 'a@', '1 ', '+1', 'eyJa.', '.@', 'a.', '0-', '(', 'DE89 '])(
    'comes to an end with %j fifty thousand times',
    (part) => {
      expect(redact(part.repeat(50_000)).length).toBeGreaterThan(0);
    },
  );
});
