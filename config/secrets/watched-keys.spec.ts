import { describe, expect, it } from '@jest/globals';
import { variables } from '../environment/environment.fields.js';
import '../environment/environment.js';
import type { Environment } from '../environment/environment.js';
import { Secret } from '../values/secret.js';
import { unwatchedSecrets, watchedKeys, watchedVariables } from './watched-keys.js';

describe('the keys whose age is watched', () => {
  it('are all secrets of the environment, but those with a reason', () => {
    const secrets = [...variables].filter(([, { secret }]) => secret).map(([name]) => name);
    expect(secrets.length).toBeGreaterThan(20);
    expect([...watchedVariables, ...Object.keys(unwatchedSecrets)].sort()).toEqual(secrets.sort());
  });

  it('of a URL are its password, and none where it has none', () => {
    const settings = {
      DATABASE_URL: new Secret('postgres://app:p%40ss@db.example.com/velro'),
      REDIS_URL: new Secret('redis://cache:6379'),
    } as Environment;
    const found = watchedKeys(settings, (name) => new Secret(name));
    const texts = Object.fromEntries(found.map(({ name, secret }) => [name, secret.reveal()]));
    expect([texts['DATABASE_URL'], texts['REDIS_URL'], texts['JWT_SECRET']]).toEqual([
      'p@ss',
      undefined,
      'JWT_SECRET',
    ]);
  });
});
