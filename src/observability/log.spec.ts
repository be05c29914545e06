import { describe, expect, it } from '@jest/globals';
import { describeCause, describeWholeCause } from './log.js';

/** A database error that quotes what somebody sent, five causes deep. */
function deepCause(): Error {
  let cause: Error = Object.assign(new Error('value "from-a-person" is too long'), { code: '22001' });
  for (let depth = 4; depth > 0; depth--) cause = new Error(`around-${depth}`, { cause });
  return cause;
}

describe('the cause of an error in the log', () => {
  it('omits what a database quotes, and causes deeper than four errors', () => {
    const direct = Object.assign(new Error('value "from-a-person" is too long'), { code: '22001' });
    expect(JSON.stringify(describeCause(direct))).not.toContain('from-a-person');
    const deep = JSON.stringify(describeCause(deepCause()));
    expect([deep.includes('around-4'), deep.includes('22001')]).toEqual([true, false]);
  });

  it.each([
    ['Bearer eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiIxMjM0NTYifQ.c2lnbmF0dXJlLW9mLWEtdG9rZW4', 'eyJ'],
    ['key velro_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789', 'AbCdEf'],
    ['connect to postgres://velro_app:hunter2-hunter2@10.0.0.1:5432/velro failed', 'hunter2'],
    ['no account ada.lovelace+x@example.co.uk here', 'lovelace'],
    ['no way to 203.0.113.7', '203.0.113'],
  ])('has nothing of the secret or address in %p', (text, secret) => {
    for (const described of [describeCause(new Error(text)), describeWholeCause(new Error(text))])
      expect(JSON.stringify(described)).not.toContain(secret);
  });

  it('keeps a message without secrets', () => {
    const text = 'timeout exceeded when trying to connect: 127.0.0.1:5432 after 900 ms @nestjs/core';
    expect(describeCause(new Error(text))).toMatchObject({ message: text });
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

  it('is whole with DEBUG', () => {
    const whole = JSON.stringify(describeWholeCause(deepCause()));
    for (const part of ['from-a-person', 'around-1', 'around-4', '22001']) expect(whole).toContain(part);
  });

  it('ends when an error is its own cause, with DEBUG too', () => {
    const own = new Error('own-cause');
    own.cause = own;
    for (const [describe, errors] of [
      [describeCause, 4],
      [describeWholeCause, 9],
    ] as const)
      expect(JSON.stringify(describe(own)).match(/"name"/g)).toHaveLength(errors);
  });
});
