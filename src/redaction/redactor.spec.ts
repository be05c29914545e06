import { describe, expect, it } from '@jest/globals';
import { redact, redactWithin } from './redactor.js';
import { newWork, scan } from './scanner.js';

/** Opaque characters with digits in them, as keys have. */
const opaque = (length: number): string => 'a1B2c3D4e5'.repeat(length).slice(0, length);
const joined = (...parts: readonly string[]): string => parts.join('');
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTYifQ', opaque(43)].join('.');
const uuid = '018f0a1b-0000-7000-8000-000000000001';
const pem = (label: string): string =>
  `-----BEGIN ${label}-----\n${`${opaque(64)}\n`.repeat(4)}-----END ${label}-----`;

describe('redaction', () => {
  it.each([
    ['write to ada@example.com please', 'write to [EMAIL_REDACTED] please'],
    ['Ada.Lovelace+x@mail.example.co.uk!', '[EMAIL_REDACTED]!'],
    ['мой адрес иван@пример.рф', 'мой адрес [EMAIL_REDACTED]'],
    ['ada@example.com-', '[EMAIL_REDACTED]-'],
    ['ada＠example.com, ada@example.xn--p1ai', '[EMAIL_REDACTED], [EMAIL_REDACTED]'],
    ['two: a@b.example and c@d.example', 'two: [EMAIL_REDACTED] and [EMAIL_REDACTED]'],
    ['<ada@example.com>; "bob@example.com"', '<[EMAIL_REDACTED]>; "[EMAIL_REDACTED]"'],
    ['メールはada@example.comまで', 'メールは[EMAIL_REDACTED]まで'],
    ["o'brien@example.ie", '[EMAIL_REDACTED]'],
    ['mailto:ada@example.com?subject=x', 'mailto:[EMAIL_REDACTED]?subject=x'],
  ])('replaces the e-mail address in %j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    ['call +49 30 901820 or 0049-30-901820', 'call [PHONE_REDACTED] or [PHONE_REDACTED]'],
    ['(555) 123-4567', '[PHONE_REDACTED]'],
    ['030/90182000', '[PHONE_REDACTED]'],
    ['+49\u00a030\u00a0901820', '[PHONE_REDACTED]'],
    ['(555)123-4567, 1-800-555-0199, 06.12.34.56.78', '[PHONE_REDACTED], [PHONE_REDACTED], [PHONE_REDACTED]'],
    ['+1 (415) 555-2671 today', '[PHONE_REDACTED] today'],
    ['+44 (0)20 7946 0958', '[PHONE_REDACTED]'],
    ['020 7946 0958', '[PHONE_REDACTED]'],
    ['8 (495) 123-45-67', '[PHONE_REDACTED]'],
    ['my phone is 4155552671', 'my phone is [PHONE_REDACTED]'],
    ['電話は03-1234-5678です', '電話は[PHONE_REDACTED]です'],
    ['+4930901820 2026-11-27', '[PHONE_REDACTED] 2026-11-27'],
  ])('replaces the phone number in %j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    ['card 4111 1111 1111 1111, 12/28', 'card [CARD_REDACTED], 12/28'],
    ['4111111111111111', '[CARD_REDACTED]'],
    ['4111\u00a01111\u00a01111\u00a01111 and 4111.1111.1111.1111', '[CARD_REDACTED] and [CARD_REDACTED]'],
    ['card4111111111111111', 'card[CARD_REDACTED]'],
    ['3782 822463 10005', '[CARD_REDACTED]'],
    ['5555-5555-5555-4444 12/28', '[CARD_REDACTED] 12/28'],
    ['4111  1111  1111  1111 and 4111 - 1111', '[CARD_REDACTED] and 4111 - 1111'],
    ['2223 0000 4841 0010', '[CARD_REDACTED]'],
    ['DE89 3704 0044 0532 0130 00', '[IBAN_REDACTED]'],
    ['to DE89 3704 0044 0532 0130 00 and so on', 'to [IBAN_REDACTED] and so on'],
    ['de89 3704 0044 0532 0130 00', '[IBAN_REDACTED]'],
    ['DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000', '[IBAN_REDACTED]'],
    ['my GB82WEST12345698765432.', 'my [IBAN_REDACTED].'],
    ['ssn 078-05-1120', 'ssn [SSN_REDACTED]'],
    ['SSN: 078051120', 'SSN: [SSN_REDACTED]'],
    ['from 203.0.113.7:443', 'from [IP_REDACTED]:443'],
    ['at 192.168.100.200, 2001:db8::8a2e:370:7334.', 'at [IP_REDACTED], [IP_REDACTED].'],
    [
      'https://site.example/203.0.113.7 and http://a/?from=203.0.113.8',
      'https://site.example/[IP_REDACTED] and http://a/?from=[IP_REDACTED]',
    ],
    [
      'ip=203.0.113.7 src=203.0.113.8 root@203.0.113.9',
      'ip=[IP_REDACTED] src=[IP_REDACTED] root@[IP_REDACTED]',
    ],
    ['[2001:db8:0:0:1:0:0:1]:80', '[[IP_REDACTED]]:80'],
    ['::ffff:203.0.113.7', '[IP_REDACTED]'],
  ])('replaces the number in %j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    [joined('sk-', opaque(40)), 'KEY'],
    [joined('sk-proj-', opaque(40)), 'KEY'],
    [joined('sk_', 'live_', opaque(24)), 'KEY'],
    [joined('AIza', opaque(35)), 'KEY'],
    [joined('EAA', opaque(60)), 'KEY'],
    [joined(uuid, ':', '0123456789abcdef'.repeat(2)), 'KEY'],
    [joined('whsec_', opaque(32)), 'KEY'],
    [joined('velro_', opaque(43)), 'KEY'],
    [joined('sb_', 'secret_', opaque(24)), 'KEY'],
    [joined('github_', 'pat_', opaque(40)), 'KEY'],
    [joined('AK', 'IA', 'A1B2C3D4E5F6G7H8'), 'KEY'],
    [joined('xoxb-', opaque(30)), 'KEY'],
    [pem('PRIVATE KEY'), 'KEY'],
    [pem('RSA PRIVATE KEY').replaceAll('\n', '\\n'), 'KEY'],
    [jwt, 'TOKEN'],
    [`${'Ab1'.repeat(8)}.${'b2'.repeat(10)}.${opaque(43)}`, 'TOKEN'],
    ['postgres://app:hunter2-hunter2@10.0.0.1:5432/velro', 'CREDENTIALS'],
    ['postgres://app:hun/ter2@db.internal/velro', 'CREDENTIALS'],
    ['https://ada:hunter2@example.com/x?y=1', 'CREDENTIALS'],
    ['redis://:hunter2@cache:6379', 'CREDENTIALS'],
  ])('replaces the secret %j', (secret, kind) => {
    expect(redact(`it is ${secret} there`)).toBe(`it is [${kind}_REDACTED] there`);
  });

  it.each([
    [`Authorization: Bearer ${opaque(32)}`, 'Authorization: Bearer [TOKEN_REDACTED]'],
    [`bearer ${jwt},`, 'bearer [TOKEN_REDACTED],'],
    ['Server=db;User=sa;Password=hunter2x;', 'Server=db;User=sa;Password=[CREDENTIALS_REDACTED];'],
    ['say password="hunter22" now', 'say password="[CREDENTIALS_REDACTED]" now'],
    ['?access_token=abcdef123&x=1', '?access_token=[CREDENTIALS_REDACTED]&x=1'],
    ['{"user":"ada","password":"correct horse"}', '{"user":"ada","password":"[CREDENTIALS_REDACTED]"}'],
    ['{"db_password" : "a\\"b\\\\c1", "x": 1}', '{"db_password" : "[CREDENTIALS_REDACTED]", "x": 1}'],
    [String.raw`"{\"api_key\": \"abcd-1234\"}"`, String.raw`"{\"api_key\": \"[CREDENTIALS_REDACTED]\"}"`],
    ["{'clientSecret': 'hunter22'}", "{'clientSecret': '[CREDENTIALS_REDACTED]'}"],
    ['{"password":"correct.horse"}', '{"password":"[CREDENTIALS_REDACTED]"}'],
    ['{"client_secret":"/k3X9+Q=="}', '{"client_secret":"[CREDENTIALS_REDACTED]"}'],
    ['"SecretAccessKey":\t"abcd1234"', '"SecretAccessKey":\t"[CREDENTIALS_REDACTED]"'],
    ['AWS_SECRET_ACCESS_KEY=abcd1234', 'AWS_SECRET_ACCESS_KEY=[CREDENTIALS_REDACTED]'],
    ['  password: "hunter22"\n', '  password: "[CREDENTIALS_REDACTED]"\n'],
    [`"refresh_token": "${opaque(1500)}"`, '"refresh_token": "[CREDENTIALS_REDACTED]"'],
    ['"authorization": "Token hunter22"', '"authorization": "[CREDENTIALS_REDACTED]"'],
    [
      `Authorization: Basic ${Buffer.from('ada:hunter2').toString('base64')}`,
      'Authorization: Basic [CREDENTIALS_REDACTED]',
    ],
    [`basic ${Buffer.from('ada@b:ü').toString('base64')}, x`, 'basic [CREDENTIALS_REDACTED], x'],
  ])('replaces the value alone in %j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    'an order of 1234567890123456 pieces',
    'order 4512345678, invoice 2026-000123, ticket #5551234567',
    'on 2026-11-27 at 10:30:00',
    'am 27.11.2026 um 10:30 Uhr, from 01.02.2026 to 01/03/2026',
    '2026-11-27T10:30:00.123Z and 20261127103000',
    '1764288000000 milliseconds since 1970-01-01 00:00:00',
    'pi is 3.14159265358979',
    'version 1.2.3.4 of v10.20.30.40, Chrome/120.0.0.0',
    'chapter 2.1.3.4',
    'listening on 127.0.0.1:3000 and 0.0.0.0, mask 255.255.255.0',
    'std::vector, a::b, ::1, Foo::BAR2, 10:20:30:40',
    '00:1a:2b:3c:4d:5e',
    'the flight AB12 of gate C34',
    'const password=getPassword(); form.password=document.getElementById; secret=process.env.SECRET_KEY',
    'export PWD=/home/ada/project',
    'velro_sessions, whsec_rotation, hf_hub_download_from_the_repo and sk-learn-something-very-long-name',
    'application.configuration.DatabaseConnectionPoolManager',
    'GB83WEST12345698765432 has other check digits',
    'parts 000-12-3456, 666-12-3456, 912-34-5678, 123-00-4567 and 123-45-0000',
    'the call 12345678-1234-4321-8123-123456789012 failed',
    'DE24 hours a day and then some more of it',
    'an @mention, and a@b, and @nestjs/core@12.5.1',
    'npm i pkg@1.2.3 and x@latest',
    `id ${uuid}`,
    'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'ISBN 978-3-16-148410-0 and 9783161484100, ISSN 2049-3630',
    'costs 1.000.000,00 €, $1,234,567.89 or 12 500 000 Kč',
    'from 1914-1918 to 1939-1945, pages 100-200',
    'IMG_20261127_103000.jpg, report-2026-11-27.final.pdf',
    '1 000 000 000 people, 299 792 458 m/s',
    'the bearer of this message, bearer authentication',
    'a basic understanding, Basic authentication, BASIC programming and basic Ym9yaW5n',
    '{"password": true, "secret": null, "tokens": 12, "password": ""}',
    'the fields "name", "password": both must be there',
    '"password": "[CREDENTIALS_REDACTED_1]"',
    '"password": "${DB_PASSWORD}", "secret": "<your secret>", "api_key": "{{ key }}"',
    'Basic Overview, Basic Operations, basic Optimization and Basic Ordinary',
    'in 1962 1963 1964 1965, 1963 1965 1967 1969',
    'risk-free task-management for desk-workers-everywhere',
    'The EAA and AIza and sk- and whsec_ prefixes',
    'https://example.com/@ada/posts?page=2#top',
    'const password = readPassword(); if (a == b)',
    'a-long-file-name.another-long-part.a-third-quite-long-part-of-it',
    'Ich habe 3 Katzen und 12 Hunde',
    '日本語の文章です。',
    'emoji 👩‍👩‍👧 stay whole',
    '[EMAIL_REDACTED] and [KEY_REDACTED] stay what they are',
  ])('leaves %j as it is', (text) => {
    expect(redact(text)).toBe(text);
  });

  const parts = [
    ...[`DE12${'A'.repeat(33)} `, 'DE12 ', 'a@', '1 ', '+1', 'eyJa.', '.@', 'a.', '0-', '(', 'DE89 '],
    ...[
      '+49 30 90',
      '(555) 123-4567 ',
      '030/9018200',
      'a:',
      'f:',
      '::',
      '1.2.',
      'a://',
      'postgres://a',
      '-----BEGIN A-----',
    ],
    ...[
      '-----',
      'sk-',
      'Bearer ',
      'Bearer a',
      'aaaaaaaaaaa.',
      'password=',
      '4111 1111 1111 1112 ',
      'é@',
      'あ@',
      'tel 1234567 ',
    ],
    ...['"secret":"', '"secret":', 'basic ', 'Basic aaaaaaaa', '4111  1111  '],
    ...['eyJ', 'sk_live_', '@a.b.c.d.e.f.', 'a@b.', '1-1-', `${uuid}:`, '00 1', '078-05-112'],
  ];
  it.each(parts)('reads each character a bounded number of times when %j comes again and again', (part) => {
    for (const length of [8192, 65_536]) {
      const text = part.repeat(Math.ceil(length / part.length)).slice(0, length);
      const work = newWork(text.length);
      scan(text, work);
      expect(work.read).toBeLessThanOrEqual(160 * text.length);
      expect(work.judged).toBeLessThanOrEqual(48 + text.length / 2048);
    }
  });

  it('replaces what has the shape of a phone number when more of them come than are judged', () => {
    const text = '+49 30 901820; '.repeat(500);
    expect(redact(text)).toBe('[PHONE_REDACTED]; '.repeat(500));
  });

  it('finds nothing more in what it returns', () => {
    const once = redact(
      `${jwt} ada@example.com +49 30 901820 4111111111111111 203.0.113.7 ${pem('PRIVATE KEY')}`,
    );
    expect(redact(once)).toBe(once);
  });

  it('leaves no part of a secret that the limit would cut', () => {
    const token = `eyJ${'a1'.repeat(20)}.${'b'.repeat(300)}.${'c'.repeat(86)}`;
    expect(redactWithin(`token ${token}`, 100)).toBe('token [TOKEN_REDACTED]');
    expect(redactWithin(`${'x '.repeat(35)}${token}`, 100)).toBe(`${'x '.repeat(35)}[TOKEN_REDACTED]`);
  });
});
