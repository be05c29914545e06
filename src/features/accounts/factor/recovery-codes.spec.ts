import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { recoveryHash } from './recovery-codes.js';

const key = randomBytes(32);
const hash = recoveryHash(key, 'ada', '0123-abcd-efgh-1jk0');

describe("a recovery code's hash", () => {
  it.each(['0123abcdefgh1jk0', ' 0123 ABCD EFGH 1JK0 ', 'o123-abcd-efgh-ljkO', '0I23-abcd-efgh-ijko'])(
    'is the same for %p, however it was copied',
    (code) => {
      expect(recoveryHash(key, 'ada', code).equals(hash)).toBe(true);
    },
  );

  it.each([
    ['of another person', recoveryHash(key, 'bob', '0123-abcd-efgh-1jk0')],
    ['under another key', recoveryHash(randomBytes(32), 'ada', '0123-abcd-efgh-1jk0')],
    ['of another code', recoveryHash(key, 'ada', '0123-abcd-efgh-1jk1')],
  ])('is different %s', (_title, other) => {
    expect(other.equals(hash)).toBe(false);
  });
});
