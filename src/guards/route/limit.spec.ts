import { describe, expect, it } from '@jest/globals';
import { Limit, Unlimited, isLimitedBy, isUnlimited } from './limit.js';

class Routes {
  @Limit('auth_login')
  limited(): void {
    // Only its metadata matter.
  }

  @Unlimited()
  free(): void {
    // The same.
  }
}

const handler = (name: keyof Routes): object => {
  const method: unknown = Object.getOwnPropertyDescriptor(Routes.prototype, name)?.value;
  if (typeof method !== 'function') throw new Error(`no such route: ${name}`);
  return method;
};

describe("the metadata of the throttler's decorators", () => {
  it('is found under the names that the limit guard reads', () => {
    expect(isLimitedBy(handler('limited'), 'auth_login')).toBe(true);
    expect(isLimitedBy(handler('limited'), 'admin')).toBe(false);
    expect(isUnlimited(handler('limited'))).toBe(false);
    expect(isUnlimited(handler('free'))).toBe(true);
  });
});
