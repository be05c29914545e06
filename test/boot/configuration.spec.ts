import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Config } from '../../config/config.js';
import { loadConfig, loadMigrationUrl } from '../../config/load-config.js';
import { changed, deployed, postgres, type Env } from './environments.js';
import { Secret } from '../../config/values/secret.js';
import { remove, temporary } from './processes.js';

let directory = '';
beforeEach(() => {
  directory = temporary();
});
afterEach(() => {
  remove(directory);
});

const load = (env: Env): Config => loadConfig({ env, directory });
const production = (changes: Readonly<Record<string, string | undefined>> = {}): Config =>
  load(changed(deployed('production'), changes));

describe('the configuration', () => {
  const parts = (value: unknown): object[] =>
    typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(parts)] : [];

  it('is deeply frozen, secrets included', () => {
    const all = parts(production({ TRUSTED_PROXY: '10.0.0.0/8', REDIS_URL: 'redis://localhost' }));
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((part) => !Object.isFrozen(part))).toEqual([]);
  });

  it('never holds the address of the database’s owner, which is dropped from the process', () => {
    const owner = postgres('velro_owner');
    const revealed = parts(production({ DATABASE_MIGRATION_URL: owner })).map((part) =>
      part instanceof Secret ? part.reveal() : '',
    );
    expect(revealed).not.toContain(owner);
    process.env['DATABASE_MIGRATION_URL'] = owner;
    load({});
    expect(process.env['DATABASE_MIGRATION_URL']).toBeUndefined();
  });

  it('gives the address of the database’s owner to migrations only', () => {
    const env = deployed('production');
    expect(loadMigrationUrl({ env, directory })?.reveal()).toBe(env['DATABASE_MIGRATION_URL']);
    expect(loadMigrationUrl({ env: {}, directory })).toBeNull();
    const unsafe = changed(env, { DATABASE_MIGRATION_URL: postgres('velro_app') });
    expect(() => loadMigrationUrl({ env: unsafe, directory })).toThrow('DATABASE_MIGRATION_URL');
  });

  it('is refused with a .env that cannot be read', () => {
    mkdirSync(join(directory, '.env'));
    expect(() => load({})).toThrow('.env');
  });
});
