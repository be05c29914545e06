import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drainTimeoutMs } from '../../config/policy/perimeter/http.js';
import { execForm, ignoreRules, readDockerfile } from '../support/process/dockerfile.js';
import { nodeFlags } from '../support/process/project-root.js';

const root = join(import.meta.dirname, '..', '..');
const text = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');

describe('the image', () => {
  const stages = readDockerfile(join(root, 'Dockerfile'));
  const final = stages.at(-1);
  const all = stages.flatMap(({ instructions }) => instructions);
  const of = (name: string) =>
    (final?.instructions ?? []).filter((one) => one.name === name).map((one) => one.text);
  const reaches = ignoreRules(join(root, '.dockerignore'));
  const context = ['config', 'painter', 'src', 'tools', 'supabase', 'docs', 'test']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    )
    .concat(readdirSync(root))
    .filter(reaches);

  it('is built on the Node of this project, in every stage', () => {
    const own = new Set(stages.map(({ name }) => name));
    const images = stages.map(({ base }) => base).filter((base) => !own.has(base));
    expect([...new Set(images)]).toEqual(['node:24-slim']);
    expect(process.versions.node).toMatch(/^24\./);
  });

  it('runs as a user that is not root and owns no file', () => {
    expect(of('USER').at(-1)).toBe('node');
    expect(of('COPY').filter((copy) => /--(chown|chmod)/.test(copy))).toEqual([]);
    const names = final?.instructions.map(({ name }) => name) ?? [];
    expect(names.lastIndexOf('USER')).toBeGreaterThan(names.lastIndexOf('COPY'));
  });

  it('starts the service itself, without a shell or npm that would keep signals from it', () => {
    expect(of('CMD').map(execForm)).toEqual([['node', '--max-semi-space-size=8', 'dist/service/main.js']]);
    expect(of('ENV')).toContain('MALLOC_ARENA_MAX=2');
    // What every service of these tests is started with.
    expect(nodeFlags).toEqual(['--max-semi-space-size=8']);
    expect(of('ENTRYPOINT')).toEqual([]);
  });

  it('takes from other stages the compiled service and production packages alone', () => {
    expect(of('COPY').filter((copy) => copy.includes('--from='))).toEqual([
      '--from=packages /app/node_modules ./node_modules',
      '--from=build /app/dist ./dist',
    ]);
    expect(of('RUN')).toEqual([]);
    const packages = stages.find(({ name }) => name === 'packages')?.instructions ?? [];
    expect(packages.find(({ name }) => name === 'RUN')?.text).toMatch(/^npm ci --omit=dev /);
    expect(all.filter(({ name, text: line }) => name === 'ADD' || /\bnpm install\b/.test(line))).toEqual([]);
  });

  it('checks its health by /health/live', () => {
    expect(of('HEALTHCHECK')).toHaveLength(1);
    expect(execForm(of('HEALTHCHECK')[0] ?? '').join(' ')).toContain('/health/live');
  });

  it('has no variable that could hold a secret', () => {
    const given = all.filter(({ name }) => name === 'ENV' || name === 'ARG').map(({ text: line }) => line);
    expect(given.join(' ')).not.toMatch(/secret|key|pass|token|url|pepper/i);
  });

  it('copies only what the build context holds', () => {
    const sources = all
      .filter(({ name, text: line }) => name === 'COPY' && !line.includes('--from='))
      .flatMap(({ text: line }) => line.split(/\s+/).slice(0, -1));
    expect(sources).toContain('package-lock.json');
    const missing = sources.filter(
      (source) => !context.some((file) => file === source || file.startsWith(`${source}/`)),
    );
    expect(missing).toEqual([]);
  });

  it('is built from every source and migration', () => {
    const needed = ['config', 'src', 'supabase/migrations'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(ts|sql)$/.test(file) && !file.endsWith('.spec.ts'))
        .map((file) => join(folder, file)),
    );
    expect(needed.length).toBeGreaterThan(50);
    expect(needed.filter((file) => !context.includes(file))).toEqual([]);
  });

  it.each([
    '.env',
    '.env.local',
    '.env.production.hardened',
    'config/.env',
    'src/.env.production',
    'src/features/accounts/factor/totp.spec.ts',
    '.git/config',
    '.velro/secrets.json',
    'node_modules/pg/package.json',
    'dist/service/main.js',
    'docs/deployment.md',
    'painter/painter.ts',
    'test/support/process/service.ts',
    'supabase/.temp/pooler-url',
    'supabase/signing_keys.json',
  ])('does not contain %s', (file) => {
    expect(reaches(file)).toBe(false);
  });

  it('contains the certificate of the database when there is one beside the migrations', () => {
    expect(reaches('supabase/prod-ca-2021.crt')).toBe(true);
  });
});

describe('railway.json', () => {
  interface Deploy {
    readonly preDeployCommand: readonly string[];
    readonly [field: string]: unknown;
  }
  const railway = JSON.parse(text('railway.json')) as {
    readonly deploy: Deploy;
    readonly environments: Readonly<Record<string, { readonly deploy: Deploy }>>;
    readonly [field: string]: unknown;
  };

  it('names its schema and builds by the Dockerfile', () => {
    expect(railway['$schema']).toBe('https://railway.com/railway.schema.json');
    expect(railway['build']).toEqual({ builder: 'DOCKERFILE', dockerfilePath: 'Dockerfile' });
  });

  it('leaves the start to the image, and waits for health', () => {
    expect(railway.deploy).toMatchObject({
      healthcheckPath: '/health',
      healthcheckTimeout: expect.any(Number),
      restartPolicyType: 'ON_FAILURE',
      overlapSeconds: expect.any(Number),
    });
    expect(railway.deploy).not.toHaveProperty('startCommand');
  });

  it('kills later than the slowest drain: requests first, then jobs, each up to its timeout', () => {
    expect(Number(railway.deploy['drainingSeconds']) * 1000).toBeGreaterThanOrEqual(
      2 * drainTimeoutMs + 10_000,
    );
  });

  it.each([
    ['production', railway.deploy],
    ['staging', railway.environments['staging']?.deploy],
  ])('validates as %s, then migrates, before the new version takes over', (environment, deploy) => {
    expect(deploy?.preDeployCommand).toEqual([
      `/bin/sh -c "node dist/src/cli/security-validate.js --environment ${environment} && node dist/src/cli/migrate.js"`,
    ]);
    for (const command of ['security-validate', 'migrate'])
      expect(existsSync(join(root, 'src', 'cli', `${command}.ts`))).toBe(true);
  });
});

describe('the Supabase project', () => {
  const tables = readTables(text('supabase', 'config.toml'));

  it('does not show the schema of the service to its Data API', () => {
    expect(tables['api']?.['schemas']).toEqual(['public', 'graphql_public']);
  });

  it('signs in by confirmed e-mail address and the hash that the service sends for a password', () => {
    expect(tables['auth']).toMatchObject({
      enable_signup: true,
      enable_anonymous_sign_ins: false,
      // base64url of 32 bytes; demands on characters would refuse some of them.
      minimum_password_length: 43,
      password_requirements: '',
    });
    expect(tables['auth.email']).toMatchObject({ enabled: true, enable_confirmations: true });
    // Version 3 of the CLI asks for sign-ups in `auth` alone.
    expect(tables['auth.email']).not.toHaveProperty('enable_signup');
  });

  it.each(['confirmation', 'recovery'])(
    'mails a %s link that hands over the hash of the token and is used up by nobody who merely follows it',
    (name) => {
      const path = String(tables[`auth.email.template.${name}`]?.['content_path']);
      const template = text(path);
      expect(template).toContain('#token_hash={{ .TokenHash }}');
      expect(template).not.toMatch(/ConfirmationURL|\.Token\b/);
    },
  );

  it('keeps media in a private bucket of bounded pictures and videos', () => {
    expect(tables['storage.buckets.media']).toMatchObject({
      public: false,
      file_size_limit: expect.stringMatching(/^\d+MiB$/),
      allowed_mime_types: expect.arrayContaining(['image/png', 'video/mp4']),
    });
  });
});

describe('the deployment guide', () => {
  const guide = text('docs', 'deployment.md');

  it('names npm commands that exist', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    const named = [...guide.matchAll(/npm run ([\w:]+)/g)].map((match) => match[1] ?? '');
    expect(named).toContain('security:validate');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names files that exist', () => {
    // What the guides of others name stands in the first column of a table; its successors have a test of their own (tools/docs).
    const own = guide.replaceAll(/^\| [^|]*\|/gm, '|');
    const named = [...own.matchAll(/`((?:src|config|test|supabase|docs|dist\/src)\/[\w./-]+\.\w+)`/g)]
      .map((match) => (match[1] ?? '').replace(/^dist\/(.*)\.js$/, '$1.ts'))
      .filter((file) => !file.endsWith('.crt'));
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});

/** TOML as far as the file uses it: tables, and values that are JSON as well. */
function readTables(toml: string): Record<string, Record<string, unknown>> {
  const tables: Record<string, Record<string, unknown>> = {};
  let table: Record<string, unknown> = (tables[''] = {});
  for (const line of toml.split('\n').map((one) => one.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const heading = /^\[([\w.]+)\]$/.exec(line)?.[1];
    if (heading !== undefined) table = tables[heading] = {};
    else table[line.slice(0, line.indexOf('=')).trim()] = JSON.parse(line.slice(line.indexOf('=') + 1));
  }
  return tables;
}
