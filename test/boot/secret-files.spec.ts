import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { secretNames } from '../../config/environment/read-environment.js';
import { loadConfig, loadMigrationUrl, validateSource } from '../../config/load-config.js';
import { canary, changed, deployed, leaked, postgres, tokenSecret, type Env } from './environments.js';
import { built, remove, root, run, temporary } from './processes.js';

let directory = '';
beforeEach(() => {
  directory = temporary();
});
afterEach(() => {
  remove(directory);
});

const file = (content: string | Buffer, mode = 0o400): string => {
  const path = join(directory, `secret-${canary()}`);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
};
const faultsOf = (env: Env): string[] => {
  const { faults } = validateSource({ env, directory });
  return faults.map(({ variable, reason }) => `${variable}: ${reason}`);
};

describe('a secret in a file', () => {
  it('boots production with every secret that it requires, and nothing of it in the environment', () => {
    const env = deployed('production');
    const moved = Object.fromEntries(
      Object.entries(env).map(([name, value]) =>
        secretNames().includes(name) && name !== 'DATABASE_MIGRATION_URL'
          ? [`${name}_FILE`, file(`${value}\n`)]
          : [name, value],
      ),
    );
    const config = loadConfig({ env: moved, directory });
    expect(config.tokens.current.reveal()).toBe(env['JWT_SECRET']);
    expect(config.database).toMatchObject({ kind: 'postgres' });
    expect(Object.keys(moved).filter((name) => name.endsWith('_FILE')).length).toBeGreaterThan(8);
  });

  it.each([
    ['one newline', '\n'],
    ['CRLF', '\r\n'],
    ['nothing', ''],
  ])('drops %s at its end', (_title, end) => {
    const secret = tokenSecret();
    const { tokens } = loadConfig({ env: { JWT_SECRET_FILE: file(secret + end) }, directory });
    expect(tokens.current.reveal()).toBe(secret);
  });

  it('may be named by .env, by a relative path, and through links as Kubernetes mounts them', () => {
    const secret = tokenSecret();
    mkdirSync(join(directory, '..data'));
    writeFileSync(join(directory, '..data', 'jwt'), secret, { mode: 0o440 });
    symlinkSync(join('..data', 'jwt'), join(directory, 'jwt'));
    writeFileSync(join(directory, '.env'), 'JWT_SECRET_FILE=jwt\n');
    expect(loadConfig({ env: {}, directory }).tokens.current.reveal()).toBe(secret);
  });

  const text = tokenSecret();
  it.each<[title: string, make: () => string, reason: string]>([
    ['that is not there', () => join(directory, canary()), 'names a file that cannot be read'],
    ['that is a folder', () => directory, 'names something that is no regular file'],
    ['that is a device', () => '/dev/zero', 'names something that is no regular file'],
    [
      'that is a pipe',
      () => {
        execFileSync('mkfifo', [join(directory, 'pipe')]);
        return join(directory, 'pipe');
      },
      'names something that is no regular file',
    ],
    ['that is empty', () => file(''), 'names an empty file'],
    ['with a newline alone', () => file('\n'), 'names an empty file'],
    ['that others may read', () => file(text, 0o444), 'names a file that everybody may read'],
    ['that is not UTF-8', () => file(Buffer.from([0x63, 0xff, 0x63])), 'names a file that is not UTF-8'],
    ['of more than 64 KiB', () => file('a'.repeat(64 * 1024 + 1)), 'names a file of more than 64 KiB'],
  ])('is refused from a file %s, under the name of its variable alone', (_title, make, reason) => {
    const env = changed(deployed('production'), { JWT_SECRET: undefined, JWT_SECRET_FILE: make() });
    expect(faultsOf(env)).toEqual([`JWT_SECRET_FILE: ${reason}`]);
  });

  it('is refused beside the variable itself', () => {
    const env = { JWT_SECRET: tokenSecret(), JWT_SECRET_FILE: file(tokenSecret()) };
    expect(faultsOf(env)).toEqual(['JWT_SECRET_FILE: is set beside JWT_SECRET']);
  });

  it.each([
    ['two newlines', `${text}\n\n`, 'contains a control character or a line break'],
    ['a byte-order mark', `\ufeff${text}`, 'contains an invisible character'],
    ['quotes', `"${text}"`, 'is still in quotes'],
    ['a weak secret', 'changeme', expect.any(String)],
  ])('is judged by the rules of its variable: %s', (_title, content, reason) => {
    const { faults } = validateSource({ env: { JWT_SECRET_FILE: file(content) }, directory });
    expect(faults).toEqual([{ variable: 'JWT_SECRET', reason, hint: expect.any(String) }]);
  });

  it('is not read for a variable that is no secret, which is warned of', () => {
    const { faults, warnings } = validateSource({ env: { PORT_FILE: file('4001') }, directory });
    expect([faults, warnings]).toEqual([[], ['PORT_FILE is unknown: only secrets are read from files.']]);
    expect(validateSource({ env: { JWT_SECERT_FILE: 'x' }, directory }).warnings).toEqual([
      'JWT_SECERT_FILE is unknown: did you mean JWT_SECRET_FILE?',
    ]);
  });
});

describe("the file of the database owner's address", () => {
  it('is opened by db:migrate and by nothing else', () => {
    const owner = postgres('velro_owner');
    // Neither the service nor the validation would accept this file, had they opened it.
    const env = changed(deployed('production'), {
      DATABASE_MIGRATION_URL: undefined,
      DATABASE_MIGRATION_URL_FILE: file(`${owner}\n`, 0o444),
    });
    expect(loadConfig({ env, directory }).environment).toBe('production');
    expect(faultsOf(env)).toEqual([]);
    expect(() => loadMigrationUrl({ env, directory })).toThrow('DATABASE_MIGRATION_URL_FILE');
    chmodSync(env['DATABASE_MIGRATION_URL_FILE'] ?? '', 0o400);
    expect(loadMigrationUrl({ env, directory })?.reveal()).toBe(owner);
  });

  it('is dropped from the process', () => {
    process.env['DATABASE_MIGRATION_URL_FILE'] = '/nowhere';
    loadConfig({ env: {}, directory });
    expect(process.env['DATABASE_MIGRATION_URL_FILE']).toBeUndefined();
  });
});

describe('security:validate', () => {
  beforeAll(built);

  it('judges files of secrets as a boot does, and prints nothing of them', async () => {
    const secrets = { JWT_SECRET_FILE: file(canary()), FAL_KEY_FILE: file(canary(), 0o444) };
    const command = [join(root, 'tools/start.ts'), 'security-validate'];
    const { code, stdout } = await run(process.execPath, command, { cwd: directory, env: secrets });
    expect([code, stdout.split('\n').map((line) => line.split(': ')[0])]).toEqual([
      1,
      ['JWT_SECRET', 'FAL_KEY_FILE', ''],
    ]);
    const contents = Object.fromEntries(
      Object.entries(secrets).map(([name, path]) => [name, readFileSync(path, 'utf8')]),
    );
    expect(leaked(contents, stdout)).toEqual([]);
  });
});
