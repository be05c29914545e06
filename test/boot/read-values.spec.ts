import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Config } from '../../config/config.js';
import { loadConfig } from '../../config/load-config.js';
import { canary, changed, deployed, type Env } from './environments.js';
import { remove, root, temporary } from './processes.js';

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

describe('a variable', () => {
  it.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['yes', true],
    ['false', false],
    ['False', false],
    ['0', false],
    ['NO', false],
  ])('reads the flag %s', (text, value) => {
    expect(load({ METRICS_ENABLED: text }).metrics.enabled).toBe(value);
  });

  it.each([
    ['10MB', 10_485_760],
    ['10485760', 10_485_760],
    ['512 kb', 524_288],
    ['1GB', 1_073_741_824],
    ['2MiB', 2_097_152],
  ])('reads the size %s', (text, bytes) => {
    expect(load({ MAX_FILE_SIZE: text }).uploads.maxFileBytes).toBe(bytes);
  });

  it('allows pages of the usual local servers in development, by the template as without it', () => {
    const { corsOrigins } = load({});
    for (const port of [3000, 3001, 4173, 4200, 4321, 5173, 8080])
      for (const host of ['localhost', '127.0.0.1']) expect(corsOrigins).toContain(`http://${host}:${port}`);
    const template = parseEnv(readFileSync(join(root, '.env.development.secure'), 'utf8'));
    expect(template['CORS_ORIGINS']?.split(',')).toEqual(corsOrigins);
    expect(production({ CORS_ORIGINS: undefined }).corsOrigins).toEqual([]);
  });

  it('reads origins from a JSON array, and from the alias', () => {
    const origins = [`https://${canary()}.example.net`, `https://${canary()}.example.net:8443`];
    expect(production({ CORS_ORIGINS: JSON.stringify(origins) }).corsOrigins).toEqual(origins);
    expect(production({ CORS_ORIGINS: undefined, ALLOWED_ORIGINS: origins.join(' , ') }).corsOrigins).toEqual(
      origins,
    );
  });

  it.each([
    ['X-Client-Version', ['X-Client-Version']],
    ['X-Client-Version, x-client-version,newrelic', ['X-Client-Version', 'newrelic']],
    ['["X-A","X-B"]', ['X-A', 'X-B']],
  ])('reads the header names %s', (text, names) => {
    expect(production({ CORS_ALLOWED_HEADERS: text }).corsAllowedHeaders).toEqual(names);
  });

  it('reads file types from extensions and MIME types', () => {
    expect(load({ ALLOWED_FILE_TYPES: '.PNG,jpg,jpeg,application/zip' }).uploads.allowedTypes).toEqual([
      'image/png',
      'image/jpeg',
      'application/zip',
    ]);
  });

  it('reads the log level warning as warn', () => {
    expect(production({ LOG_LEVEL: 'warning' }).log.level).toBe('warn');
  });

  it.each([
    ['none', { mode: 'none' }],
    ['railway', { mode: 'railway' }],
    [
      '10.1.2.3/8, 2001:db8::/32, 192.0.2.7',
      { mode: 'cidr', trusted: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7/32'] },
    ],
    ['fc00::/7', { mode: 'cidr', trusted: ['fc00::/7'] }],
  ])('reads the trusted proxy %s', (text, expected) => {
    expect(production({ TRUSTED_PROXY: text }).proxy).toMatchObject(expected);
  });

  it('accepts peers of railway mode in place of the private ranges', () => {
    expect(production({ TRUSTED_PROXY_PEERS: '100.64.0.0/10' }).proxy).toEqual({
      mode: 'railway',
      peers: ['100.64.0.0/10'],
    });
  });

  it.each([
    ['JWT_SECERT', 'JWT_SECRET'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['REDIS_URI', 'REDIS_URL'],
    ['jwt_secret', 'JWT_SECRET'],
  ])('warns that %s was probably meant to be %s', (wrong, right) => {
    const value = canary();
    expect(load({ [wrong]: value }).warnings).toEqual([`${wrong} is unknown: did you mean ${right}?`]);
  });

  it('warns about no variable of an ordinary machine', () => {
    const machine = {
      PATH: '/bin',
      HOME: '/root',
      LOGNAME: 'me',
      USER: 'me',
      SHELL: '/bin/sh',
      NODE_ENV: 'test',
      LANG: 'C',
      HOSTNAME: 'x',
      npm_config_cache: '/x',
      TERM: 'dumb',
      EDITOR: 'vi',
      DBUS_SESSION_BUS_ADDRESS: 'x',
    };
    expect(load(machine).warnings).toEqual([]);
  });
});
