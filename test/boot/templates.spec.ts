import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { beforeAll, beforeEach, afterEach, describe, expect, it } from '@jest/globals';
import { secretNames, variableNames } from '../../config/environment/read-environment.js';
import { validateEnvironment, loadConfig } from '../../config/load-config.js';
import { built, remove, root, run, temporary, type Outcome } from './processes.js';

/** The commands of the deployment guide, to the letter. */
const guide = {
  production: `cp .env.production.hardened .env
JWT_SECRET=$(python3 -c "import secrets; print(secrets.token_urlsafe(96))")
sed -i "s/REPLACE_WITH_PRODUCTION_SECRET/$JWT_SECRET/g" .env`,
  staging: `cp .env.staging.secure .env
JWT_SECRET=$(python3 -c "import secrets; print(secrets.token_urlsafe(96))")
sed -i "s/REPLACE_WITH_96_CHAR_SECRET/$JWT_SECRET/g" .env`,
  development: `cp .env.development.secure .env
JWT_SECRET=$(python3 -c "import secrets; print(secrets.token_urlsafe(64))")
sed -i "s/REPLACE_WITH_64_CHAR_SECRET/$JWT_SECRET/g" .env`,
} as const;
const templates = {
  production: '.env.production.hardened',
  staging: '.env.staging.secure',
  development: '.env.development.secure',
} as const;
type Name = keyof typeof guide;
const names = ['production', 'staging', 'development'] as const;

const operatorsOwn = [
  'ADMIN_PASS',
  'ADMIN_USER',
  'AUDIT_ENC_KEY',
  'DATABASE_URL',
  'FAL_KEY',
  'GEMINI_API_KEY',
  'PASSWORD_PEPPER',
  'PSEUDONYM_KEY',
  'PUBLIC_URL',
  'SUPABASE_PUBLISHABLE_KEY',
  'SUPABASE_SECRET_KEY',
  'SUPABASE_URL',
  'WEBHOOK_GATEWAY_SECRET',
];

it('the deployment guide has the commands of production, and then the check', () => {
  const text = readFileSync(join(root, 'docs', 'deployment.md'), 'utf8').replaceAll(/^ {3}/gm, '');
  expect(text).toContain(`${guide.production}\nnpm run security:validate -- --environment production\n`);
});

let directory = '';
beforeEach(() => {
  directory = temporary();
});
afterEach(() => {
  remove(directory);
});

async function follow(name: Name): Promise<NodeJS.Dict<string>> {
  const copied = await run('cp', [join(root, templates[name]), directory], { cwd: root });
  const done = await run('bash', ['-ec', guide[name]], { cwd: directory });
  expect([copied.code, done.code, done.stderr]).toEqual([0, 0, '']);
  return parseEnv(readFileSync(join(directory, '.env'), 'utf8'));
}

const validate = (...args: string[]): Promise<Outcome> =>
  run(process.execPath, [join(root, 'tools/start.ts'), 'security-validate', ...args], { cwd: directory });

describe('the templates', () => {
  beforeAll(built);

  it.each(names)('%s names every variable there is, and no other', (name) => {
    const text = readFileSync(join(root, templates[name]), 'utf8');
    const known = [...variableNames(), ...secretNames().map((secret) => `${secret}_FILE`)];
    const missing = known.filter((variable) => !new RegExp(`^(# )?${variable}=`, 'm').test(text));
    expect(missing).toEqual([]);
    const unknown = [...text.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1] ?? '');
    expect(unknown.filter((variable) => !known.includes(variable))).toEqual([]);
  });

  it.each(names)('%s refuses to boot on its placeholder', (name) => {
    const { faults } = validateEnvironment(parseEnv(readFileSync(join(root, templates[name]), 'utf8')));
    expect(faults.find((fault) => fault.variable === 'JWT_SECRET')?.reason).toContain('placeholder');
  });

  it('boots development after the commands of the guide, the secret in its place once', async () => {
    const env = await follow('development');
    const config = loadConfig({ env: {}, directory });
    expect(config).toMatchObject({ environment: 'development', warnings: [] });
    expect(config.tokens.current.reveal()).toBe(env['JWT_SECRET']);
    expect(env['JWT_SECRET']).toHaveLength(86);
    const text = readFileSync(join(directory, '.env'), 'utf8');
    expect(text.split(env['JWT_SECRET'] ?? '')).toHaveLength(2);
  });

  it.each(['production', 'staging'] as const)(
    '%s then lacks the keys of the operator alone, all of them empty',
    async (name) => {
      const env = await follow(name);
      const outcome = await validate('--environment', name, '--json');
      expect(outcome.code).toBe(1);
      const verdict = JSON.parse(outcome.stdout) as {
        faults: { variable: string; reason: string }[];
        warnings: string[];
      };
      expect(verdict.faults.map((fault) => fault.variable).sort()).toEqual(operatorsOwn);
      for (const { variable, reason } of verdict.faults) {
        expect(env[variable]).toBe('');
        expect(reason).toContain('missing');
      }
    },
  );

  it.each(['production', 'staging'] as const)(
    '%s boots once the operator’s keys are made by openssl',
    async (name) => {
      await follow(name);
      const openssl = async (...args: string[]): Promise<string> =>
        (await run('openssl', args, { cwd: directory })).stdout.trim();
      const env = {
        AUDIT_ENC_KEY: await openssl('rand', '-base64', '32'),
        PASSWORD_PEPPER: await openssl('rand', '-base64', '32'),
        PSEUDONYM_KEY: await openssl('rand', '-base64', '32'),
        WEBHOOK_GATEWAY_SECRET: await openssl('rand', '-hex', '32'),
        ADMIN_USER: 'night-watch',
        ADMIN_PASS: await openssl('rand', '-base64', '24'),
        DATABASE_URL: `postgresql://velro_app:${await openssl('rand', '-hex', '24')}@db.example.net/velro?sslmode=verify-full`,
        PUBLIC_URL: 'https://api.example.net',
        SUPABASE_URL: 'https://project.supabase.co',
        SUPABASE_PUBLISHABLE_KEY: `sb_publishable_${await openssl('rand', '-hex', '16')}`,
        SUPABASE_SECRET_KEY: `sb_secret_${await openssl('rand', '-hex', '16')}`,
        FAL_KEY: await openssl('rand', '-hex', '30'),
        GEMINI_API_KEY: await openssl('rand', '-hex', '20'),
      };
      expect(loadConfig({ env, directory }).environment).toBe(name);
    },
  );
});

describe('security:validate', () => {
  beforeAll(built);

  it('exits 0 and reports success where the environment would boot', async () => {
    await follow('development');
    const outcome = await validate();
    const said = outcome.stdout.replace(/^[A-Z_]+ is not yet in effect\n/gm, '');
    expect([outcome.code, said, outcome.stderr]).toEqual([
      0,
      'ok: this environment would boot as development.\n',
      '',
    ]);
  });

  it('prints one line a fault, and leaves nothing behind', async () => {
    const outcome = await validate('--environment', 'production');
    expect(outcome.code).toBe(1);
    const lines = outcome.stdout.trim().split('\n');
    expect(lines.filter((line) => !/^(warning: .+|[A-Z_]+: [^.]+.*\. .+)$/.test(line))).toEqual([]);
    expect(lines.some((line) => line.startsWith('JWT_SECRET: is missing. '))).toBe(true);
    expect((await run('ls', ['-A'], { cwd: directory })).stdout).toBe('');
  });

  it('refuses an environment whose name differs from the requested one', async () => {
    await follow('development');
    const outcome = await validate('--environment=production', '--json');
    const verdict = JSON.parse(outcome.stdout) as {
      environment: string;
      ok: boolean;
      faults: { variable: string }[];
    };
    expect([outcome.code, verdict.environment, verdict.ok]).toEqual([1, 'production', false]);
    expect(verdict.faults.map((fault) => fault.variable)).toContain('ENVIRONMENT');
  });

  it.each([
    ['--enviroment', 'production'],
    ['--environment', 'prod'],
    ['--environment'],
    ['production'],
    ['--json', '--fix'],
  ])('exits 2 with its usage on %s %s', async (...args) => {
    const outcome = await validate(...args);
    expect([outcome.code, outcome.stdout]).toEqual([2, '']);
    expect(outcome.stderr).toMatch(/^usage: /);
  });
});
