import { describe, expect, it, jest } from '@jest/globals';
import { Revocations, RevocationsUnavailable } from '../../ports/revocations.js';
import { isKnownToLive } from './known-to-live.js';

const claims = { jti: 'a', sid: 'b', sub: 'c', ver: 1, iat: 1 };
const answering = (answer: () => boolean | Promise<boolean>): Revocations =>
  ({ isRevoked: answer }) as Partial<Revocations> as Revocations;

describe('a token is known to live', () => {
  it.each([
    ['when it is in no list', () => false, true],
    ['not when it is revoked', () => true, false],
    ['not when that has to be asked', () => Promise.resolve(false), false],
    [
      'not when nobody can tell',
      () => {
        throw new RevocationsUnavailable('silent');
      },
      false,
    ],
  ])('%s', (_title, answer, expected) => {
    expect(isKnownToLive(answering(answer), claims)).toBe(expected);
  });

  it('not when asking fails later, which ends nothing', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    try {
      const failing = answering(() =>
        Promise.reject(new RevocationsUnavailable('the database does not answer')),
      );
      expect(isKnownToLive(failing, claims)).toBe(false);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off('unhandledRejection', unhandled);
    }
  });
});
