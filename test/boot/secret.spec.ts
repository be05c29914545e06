import { format, inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../config/values/secret.js';
import { canary } from './environments.js';

const failure = (act: () => unknown): string => {
  try {
    act();
    return 'it did not throw';
  } catch (error) {
    return inspect(error, { depth: null, showHidden: true });
  }
};

/** Every way in which a value has ended up in a log before. */
const ways: readonly (readonly [string, (secret: Secret) => unknown])[] = [
  ['String()', (secret) => String(secret)],
  ['a template', (secret) => `${secret.toString()} ${[secret].join()}`],
  ['concatenation', (secret) => ['', secret].join('x')],
  ['toPrimitive', (secret) => secret[Symbol.toPrimitive]()],
  ['JSON', (secret) => JSON.stringify({ nested: [secret], secret })],
  [
    'inspect',
    (secret) => inspect({ secret, list: [secret] }, { depth: null, showHidden: true, getters: true }),
  ],
  [
    'inspect without its own hook',
    (secret) => inspect(secret, { customInspect: false, showHidden: true, depth: null }),
  ],
  ['format %s', (secret) => format('%s', secret)],
  ['format %o', (secret) => format('%o', secret)],
  ['format %O', (secret) => format('%O', { secret })],
  ['format %j', (secret) => format('%j', { secret })],
  ['format without directives', (secret) => format(secret, { secret })],
  [
    'Object.entries',
    (secret) => JSON.stringify([Object.entries(secret), Object.getOwnPropertyDescriptors(secret)]),
  ],
  ['Reflect.ownKeys', (secret) => Reflect.ownKeys(secret).map(String).join()],
  ['spread', (secret) => inspect({ ...Object.fromEntries(Object.entries(secret)) })],
  ['structuredClone', (secret) => inspect(structuredClone({ secret }), { depth: null, showHidden: true })],
  ['Object.assign', (secret) => inspect(Object.assign({}, secret))],
  [
    'an error message',
    (secret) =>
      failure(() => {
        throw new Error(`failed with ${String(secret)}`, { cause: secret });
      }),
  ],
  [
    'a type error',
    (secret) =>
      failure(() => {
        throw new TypeError('failed', { cause: { secret } });
      }),
  ],
  ['a write to it', (secret) => failure(() => Object.assign(secret, { value: 'x' }))],
];

describe('a secret', () => {
  it.each(ways)('is not shown by %s', (_way, show) => {
    const value = canary();
    expect(String(show(new Secret(value)))).not.toContain(value);
  });

  it('is returned by reveal only', () => {
    const value = canary();
    expect(new Secret(value).reveal()).toBe(value);
  });

  it('matches its own value and no other, of whatever length', () => {
    const value = canary();
    const secret = new Secret(value);
    expect([
      secret.matches(value),
      secret.matches(`${value} `),
      secret.matches(''),
      secret.matches(value.slice(1)),
    ]).toEqual([true, false, false, false]);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(new Secret(canary()))).toBe(true);
  });
});
