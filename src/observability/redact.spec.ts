import { describe, expect, it } from '@jest/globals';
import { describeCause } from './log.js';
import { redact } from './redact.js';

describe('redacted text', () => {
  it.each([
    ['Bearer eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiIxMjM0NTYifQ.c2lnbmF0dXJlLW9mLWEtdG9rZW4', 'eyJ'],
    ['key velro_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789', 'AbCdEf'],
    ['sb_secret_abcdefghijklmnop', 'abcdef'],
    ['connect to postgres://velro_app:hunter2-hunter2@10.0.0.1:5432/velro failed', 'hunter2'],
    ['no account ada.lovelace+x@example.co.uk here', 'lovelace'],
  ])('of %p does not contain the secret', (text, secret) => {
    expect(redact(text)).not.toContain(secret);
  });

  it('keeps text without secrets', () => {
    const text = 'timeout exceeded when trying to connect: 10.0.0.1:5432 after 900 ms @nestjs/core';
    expect(redact(text)).toBe(text);
  });

  it('has only the kind of a database error, whose text quotes input', () => {
    const error = Object.assign(new Error('invalid input syntax for type uuid: "my secret"'), {
      code: '22P02',
      detail: 'Key (email)=(ada@example.com) already exists.',
    });
    const text = JSON.stringify(describeCause(error));
    for (const canary of ['my secret', 'ada@', 'example.com']) expect(text).not.toContain(canary);
    expect(text).toContain('22P02');
  });

  it('leaves no part of a secret that the limit would cut', () => {
    const token = `${'a'.repeat(40)}.${'b'.repeat(300)}.${'c'.repeat(86)}`;
    expect(redact(`token ${token}`, 100)).toBe('token [token]');
    expect(redact(`${'x '.repeat(40)}${token}`, 100)).toBe(`${'x '.repeat(40)}[token]`);
  });
});
