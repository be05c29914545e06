import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tokenSecret } from '../boot/environments.js';
import { basic, valueOf } from '../support/accounts/operator.js';
import { openssl } from '../support/process/certificates.js';
import type { Command } from '../support/process/command.js';
import { devPackages, makeImage } from '../support/process/deployment-folder.js';
import { execForm, readDockerfile } from '../support/process/dockerfile.js';
import { Visitor, type Answer } from '../support/http/http.js';
import { until } from '../support/process/wait-until.js';
import { Production, type Outcome } from '../support/process/production.js';
import { nodeFlags } from '../support/process/project-root.js';
import { password } from '../support/process/service.js';

const root = join(import.meta.dirname, '..', '..');
const describeTls = openssl ? describe : describe.skip;

/** What every answer carries. */
const headers = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'content-security-policy': expect.stringMatching(
    /^default-src 'self'; script-src 'self'; .*object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'/,
  ),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': expect.any(String),
  'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  'cache-control': 'no-store',
};

describeTls('production', () => {
  let production: Production;
  beforeAll(async () => {
    production = await Production.prepare();
  });
  afterAll(async () => {
    await production.close();
  });

  const base = (): string => `http://127.0.0.1:${production.env['PORT'] ?? ''}`;
  const secretsOf = (): string[] =>
    Object.entries(production.env)
      .filter(([name]) => /SECRET|PEPPER|KEY|PASS|DATABASE/.test(name))
      .flatMap(([, value]) => (value.includes('://') ? [value, new URL(value).password] : [value]));
  const expectNoSecret = (printed: string): void => {
    expect(secretsOf().filter((secret) => printed.includes(secret))).toEqual([]);
  };

  describe('as its operator deploys it from a checkout', () => {
    let migrated: Outcome[];
    let validated: Outcome;
    let service: Command;
    beforeAll(async () => {
      const run = (script: string) => production.run(`npm run --silent ${script}`, production.checkout);
      migrated = await Promise.all([run('db:migrate'), run('db:migrate')]);
      validated = await run('security:validate -- --environment production');
      service = production.start('npm run --silent start:prod', production.checkout);
      await service.untilPrinted(/SYSTEM started/);
    });

    const email = 'somebody@example.com';
    /** Through the platform's edge, which says that they came over TLS. */
    const customer = (): Visitor => new Visitor(base(), undefined, { 'x-forwarded-proto': 'https' });
    let token = '';

    it('is built by npm run build from nothing', () => {
      expect(production.build.stdout).toMatch(
        /^built \d{2,} files into dist\/ and bundled them into dist\/service\/$/m,
      );
      expect(existsSync(join(production.checkout, 'dist', 'service', 'main.js'))).toBe(true);
    });

    it('bundles no package that only development has', () => {
      const folder = join(production.checkout, 'dist', 'service');
      const bundled = new Set<string>();
      for (const name of readdirSync(folder).filter((file) => file.endsWith('.js')))
        for (const [, of = ''] of readFileSync(join(folder, name), 'utf8').matchAll(
          /^(?:\/\/ | +")\S*node_modules\/((?:@[^/]+\/)?[^/\n]+)/gm,
        ))
          bundled.add(of);
      expect([bundled.has('fastify'), bundled.size]).toEqual([true, expect.any(Number)]);
      expect(devPackages().filter((name) => bundled.has(name))).toEqual([]);
    });

    it('reads no policy of tests', () => {
      const folder = join(production.checkout, 'dist', 'service');
      const files = readdirSync(folder).filter((file) => file.endsWith('.js'));
      const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
      expect(texts.some((text) => text.includes('accountDeletionPolicy'))).toBe(true);
      expect(texts.filter((text) => text.includes('VELRO_TEST_POLICY'))).toEqual([]);
    });

    it('keeps the names of classes, and gives none to functions that a request makes anew', () => {
      const folder = join(production.checkout, 'dist', 'service');
      const texts = readdirSync(folder)
        .filter((file) => file.endsWith('.js'))
        .map((file) => readFileSync(join(folder, file), 'utf8'));
      const calls = texts.flatMap((text) => text.match(/__name\((?:this, "\w+"|.{0,20})/g) ?? []);
      expect(calls.filter((call) => !call.startsWith('__name(this, "'))).toEqual([]);
      expect(calls).toContain('__name(this, "TokenGuard"');
      // Of equal names in one file all but one are written otherwise.
      expect(texts.join('\n')).toMatch(/class (\w+)\d+ [^{]*\{\s+static \{\s+__name\(this, "\1"\);/);
      const functions = texts.filter((text) => text.includes('__same('));
      expect(functions.length).toBeGreaterThan(3);
      for (const text of functions) expect(text).toContain('function __same(target) { return target; }\n');
    });

    it('is loaded without the HTTP client of Node, which an import of node:http would load', () => {
      const load = `await import('./dist/service/application.js');
        process.stdout.write(JSON.stringify(process.moduleLoadList.filter((name) => name.includes('undici'))));`;
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', load], {
        cwd: production.checkout,
        env: { ENVIRONMENT: 'neither' },
      });
      expect(stdout.toString()).toBe('[]');
    });

    it('is compiled ahead: V8 takes all of it as the build compiled it', () => {
      const load = `await import('./dist/src/v8/flags.js'); await import('./dist/service/application.js');`;
      const taken = [['dist/service/main.js'], ['--input-type=module', '-e', load]].map((args) => {
        const { stderr, stdout } = spawnSync(process.execPath, [...nodeFlags, ...args], {
          cwd: production.checkout,
          env: {
            ENVIRONMENT: 'neither',
            NODE_COMPILE_CACHE: join(production.checkout, 'dist', 'compiled'),
            NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
          },
          encoding: 'utf8',
        });
        return (stdout + stderr)
          .split('\n')
          .filter((line) => line.includes('V8 code cache for') && line.includes('dist/service/'))
          .map((line) => / was (accepted|rejected|not initialized)/.exec(line)?.[1]);
      });
      for (const words of taken) {
        expect(words.length).toBeGreaterThan(3);
        expect(new Set(words)).toEqual(new Set(['accepted']));
      }
    });

    it('migrates as the owner over verified TLS, and once in two concurrent deploys', () => {
      expect(migrated.map(({ code }) => code)).toEqual([0, 0]);
      expect(migrated.map(({ printed }) => printed).sort()).toEqual([
        expect.stringMatching(/^applied \d{14}/),
        'the database is up to date\n',
      ]);
    });

    it('passes the validation of its environment', () => {
      expect(validated).toEqual({
        code: 0,
        printed: expect.stringContaining('ok: this environment would boot as production.'),
      });
      expectNoSecret([validated, ...migrated].map(({ printed }) => printed).join());
    });

    it('answers /health with every header, to HEAD as well, and names no software', async () => {
      const [got, head] = [
        await customer().call('/health'),
        await customer().call('/health', { method: 'HEAD' }),
      ];
      expect(got.json).toEqual({ status: 'healthy', uptime_s: expect.any(Number), ai_status: 'enabled' });
      for (const answer of [got, head]) {
        expect(answer.status).toBe(200);
        expect(answer.headers).toMatchObject(headers);
        expect(answer.headers).not.toHaveProperty('server');
        expect(answer.headers).not.toHaveProperty('x-powered-by');
      }
      expect((await customer().call('/health/ready')).json).toEqual({
        status: 'ready',
        database: 'up',
        writes: 'up',
        revocations: 'up',
        counters: 'up',
        storage: 'up',
        restore: 'none',
      });
    });

    it('gives a sign-up the same answer for a new, a pending and a known address', async () => {
      const register = async (address: string): Promise<Answer> =>
        customer().call('/api/v1/auth/register', { body: { email: address, password } });
      const fresh = await register(email);
      const pending = await register(email);
      const refused = await customer().call('/api/v1/auth/login', { body: { email, password } });
      expect([refused.status, refused.json.code]).toEqual([401, 'credentials_invalid']);
      await confirm(email);
      const known = await register(email);
      for (const { status, json } of [fresh, pending, known])
        expect([status, json]).toEqual([202, { verification: 'sent' }]);
    });

    /** Does what the page behind the mail's link does: the person types a password there. */
    async function confirm(address: string): Promise<void> {
      const [mail = ''] = production.identity.mailsTo(address);
      const token = /token=([0-9a-f]{64})/.exec(mail)?.[1] ?? '';
      const verified = await customer().call('/api/v1/auth/email-verify', { body: { token, password } });
      expect(verified.status).toBe(204);
    }

    it('signs in once the address is confirmed, and returns the profile', async () => {
      const login = await customer().call('/api/v1/auth/login', { body: { email, password } });
      expect(login.status).toBe(200);
      token = login.json.access_token;
      const me = await customer().call('/api/v1/auth/me', { token });
      expect(me.json).toMatchObject({ email, role: 'user', credits_balance: 1000 });
    });

    it('does not serve the offline painter', async () => {
      const order = { model_id: 'velro/canvas', prompt: 'a lighthouse' };
      const answer = await customer().call('/api/v1/generations', { token, body: order });
      expect([answer.status, answer.json.code]).toEqual([422, 'model_unknown']);
    });

    it('revokes a token by logout, on the next request', async () => {
      const logout = await customer().call('/api/v1/auth/logout', { method: 'POST', token });
      expect(logout.status).toBe(204);
      const after = await customer().call('/api/v1/auth/me', { token });
      expect([after.status, after.json.code]).toEqual([401, 'token_invalid']);
    });

    it.each(['/docs', '/docs/', '/docs/errors', '/docs/version/scalar.js', '/docs-json', '/docs-yaml'])(
      'does not publish %s',
      async (path) => {
        expect((await customer().call(path)).status).toBe(404);
      },
    );

    it('requests the mail again from the identity provider, once for each request', async () => {
      const address = 'again@example.com';
      await customer().call('/api/v1/auth/register', { body: { email: address, password } });
      const resend = await customer().call('/api/v1/auth/email-resend', { body: { email: address } });
      expect([resend.status, resend.json]).toEqual([202, { verification: 'sent' }]);
      const asked = () => production.identity.asked.filter((path) => path.startsWith('/auth/v1/resend'));
      await until(() => asked().length > 0, 'a question to the identity provider');
      expect(asked()).toHaveLength(1);
    });

    it.each([
      ['nothing', {}],
      ['http', { 'x-forwarded-proto': 'http' }],
      ['https by the client and http by the edge', { 'x-forwarded-proto': 'https, http' }],
    ])('refuses plain HTTP: the edge reports %s', async (_title, said) => {
      for (const path of ['/api/v1/auth/session', '/api/v1/models', '/nowhere']) {
        const answer = await new Visitor(base()).call(path, { token, headers: said });
        expect([path, answer.status, answer.json.code]).toEqual([path, 403, 'https_required']);
        expect(answer.headers).toMatchObject(headers);
      }
      expect((await new Visitor(base()).call('/health/live', { headers: said })).status).toBe(200);
    });

    it('counts each client that the edge reports separately', async () => {
      const login = async (client: string): Promise<number> =>
        (await customer().call('/api/v1/auth/login', { headers: { 'x-real-ip': client } })).status;
      const statuses = [];
      for (let hit = 0; hit < 4; hit++) statuses.push(await login('198.51.100.1'));
      expect([...statuses, await login('198.51.100.2')]).toEqual([405, 405, 405, 429, 405]);
    });

    it('answers an error by its catalogue only', async () => {
      const answers = [
        await customer().call('/nowhere'),
        await customer().call('/api/v1/auth/me', { token: 'invalid-token' }),
        await customer().call('/api/v1/auth/login', { raw: '{"email":' }),
        await customer().call('/api/v1/auth/register', { body: { email: 'x', password: 1 } }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 401, 400, expect.any(Number)]);
      for (const { headers: sent, json, text } of answers) {
        expect(sent).toMatchObject(headers);
        expect(sent['content-type']).toContain('application/problem+json');
        expect(json).not.toHaveProperty('debug');
        expect(text).not.toMatch(/\bat .*\.js|node_modules|select |postgres/i);
      }
    });

    it('connects to its database as velro_app only, and over TLS only', async () => {
      const connections = await production.database.ask<{ usename: string; ssl: boolean }>(
        `select distinct usename, ssl from pg_stat_activity join pg_stat_ssl using (pid)
         where application_name like 'velro%'`,
      );
      expect(connections).toEqual([{ usename: 'velro_app', ssl: true }]);
      expect(await production.database.refusalWithoutTls()).toMatch(/no pg_hba\.conf entry.*no encryption/);
    });

    it('shows in /metrics until when the certificates of its database and of Supabase are valid', async () => {
      const { ADMIN_USER: user = '', ADMIN_PASS: secret = '' } = production.env;
      const { status, text } = await customer().call('/metrics', {
        headers: { authorization: basic(user, secret) },
      });
      expect(status).toBe(200);
      const { validTo } = new X509Certificate(readFileSync(production.certificates.certificate));
      const end = Date.parse(validTo) / 1000;
      for (const peer of ['database', 'supabase'])
        expect([peer, valueOf(text, `peer_certificate_not_after{peer="${peer}"}`)]).toEqual([peer, end]);
    });

    it.each([
      ['make a table', 'create table velro.mine (a int)', 'for schema velro'],
      ['make a table beside it', 'create table public.mine (a int)', 'for schema public'],
      ['make a schema', 'create schema mine', 'for database'],
      ['change a table', 'alter table velro.users add column a int', 'must be owner'],
      [
        'switch row level security off',
        'alter table velro.users disable row level security',
        'must be owner',
      ],
      ['drop a table', 'drop table velro.credit_entries', 'must be owner'],
      ['empty a table', 'truncate velro.users', 'for table users'],
      ['change the ledger', 'update velro.credit_entries set balance_change = 1', 'for table credit_entries'],
      ['shorten the ledger', 'delete from velro.credit_entries', 'for table credit_entries'],
      ['delete an account', 'delete from velro.users', 'for table users'],
      ['read identities', 'select * from auth.users', 'for schema auth'],
      [
        'read or forge the list of migrations',
        'delete from supabase_migrations.schema_migrations',
        'for schema',
      ],
      ['change the queue', 'create table pgboss.mine (a int)', 'for schema pgboss'],
      ['become the owner', 'set role velro_owner', 'permission denied'],
      ['make a role', 'create role mine', 'permission denied'],
      ['read files', "select pg_read_file('/etc/passwd')", 'permission denied'],
    ])('holds no right to %s', async (_title, sql, refusal) => {
      await expect(production.database.askAsService(sql)).rejects.toThrow(refusal);
    });

    it('has row level security on every table of its schema', async () => {
      const open = await production.database.ask(
        `select relname from pg_class where relnamespace = 'velro'::regnamespace and relkind = 'r' and not relrowsecurity`,
      );
      expect(open).toEqual([]);
      const [role] = await production.database.ask(
        `select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication from pg_roles where rolname = 'velro_app'`,
      );
      expect(Object.values(role ?? {})).toEqual([false, false, false, false, false]);
    });

    it.each(['anon', 'authenticated', 'service_role', 'public'])(
      'grants %s nothing in its schemas',
      async (role) => {
        const schemas = await production.database.ask(
          `select nspname from pg_namespace, aclexplode(nspacl) a
           where nspname in ('velro', 'pgboss') and a.grantee = (case when $1 = 'public' then 0 else $1::text::regrole end)`,
          [role],
        );
        const tables = await production.database.ask(
          `select table_schema, table_name, privilege_type from information_schema.role_table_grants
           where table_schema in ('velro', 'pgboss') and lower(grantee) = $1`,
          [role],
        );
        expect([...schemas, ...tables]).toEqual([]);
      },
    );

    it('drains and stops on a signal, with everything it started through npm', async () => {
      service.signalGroup('SIGTERM');
      await service.exited();
      expect(service.stdout).toContain('SYSTEM stopping');
      await expect(customer().call('/health')).rejects.toThrow('ECONNREFUSED');
    });

    it('has logged one JSON object per line, and nothing secret or personal', () => {
      const lines = service.stdout.trimEnd().split('\n');
      for (const line of lines)
        expect(JSON.parse(line)).toMatchObject({
          time: expect.any(String),
          level: expect.any(String),
          msg: expect.any(String),
        });
      expect(lines.length).toBeGreaterThan(4);
      expect(service.stderr).toBe('');
      expectNoSecret(service.printed);
      for (const personal of [email, password, token]) expect(service.printed).not.toContain(personal);
    });
  });

  describe('as the image holds it, without dev packages', () => {
    const final = readDockerfile(join(root, 'Dockerfile')).at(-1);
    const command = (name: string): string[] =>
      execForm(final?.instructions.find((one) => one.name === name)?.text ?? '');
    const preDeploy = (): string => {
      const { deploy } = JSON.parse(readFileSync(join(root, 'railway.json'), 'utf8')) as {
        deploy: { preDeployCommand: string[] };
      };
      return deploy.preDeployCommand[0] ?? '';
    };
    const variables = { ENVIRONMENT: 'production', JWT_SECRET: tokenSecret(), NODE_ENV: 'production' };
    let image: string;
    let contents: string[];
    const list = (): string[] =>
      readdirSync(image, { recursive: true, encoding: 'utf8' }).filter(
        (file) => !/node_modules\/./.test(file),
      );
    const start = (changes: Record<string, string | undefined> = {}): Command =>
      production.start(command('CMD'), image, { ...variables, ...changes });

    beforeAll(() => {
      image = join(production.folder, 'image');
      makeImage(image, production.checkout);
      contents = list();
    });

    it('has no package of development', async () => {
      const script = `
        import { createRequire } from 'node:module';
        const { resolve } = createRequire(process.cwd() + '/here.js');
        for (const name of process.argv.slice(1)) {
          try {
            resolve(name);
            console.log(name);
          } catch (error) {
            if (error.code !== 'MODULE_NOT_FOUND') console.log(name);
          }
        }`;
      const names = devPackages();
      expect(names).toContain('@supabase/lite');
      const ask = (...asked: string[]) =>
        production.run(['node', '--input-type=module', '-e', script, ...asked], image);
      expect(await ask(...names)).toEqual({ code: 0, printed: '' });
      expect(await ask('pg')).toEqual({ code: 0, printed: 'pg\n' });
    });

    it('passes the pre-deploy command of railway.json', async () => {
      expect(await production.run(['sh', '-c', preDeploy()], image, variables)).toEqual({
        code: 0,
        printed: expect.stringMatching(
          /ok: this environment would boot as production\.\nthe database is up to date\n$/,
        ),
      });
    });

    it('fails the pre-deploy command, and does not migrate, in an unsafe environment', async () => {
      const { code, printed } = await production.run(['sh', '-c', preDeploy()], image, {
        ...variables,
        DEBUG: 'true',
      });
      expect(code).toBe(1);
      expect(printed).toMatch(/^DEBUG: /);
      expect(printed).not.toContain('up to date');
    });

    it('passes it as an older version too, on a newer schema', async () => {
      const table = 'supabase_migrations.schema_migrations';
      await production.database.ask(`insert into ${table} (version) values ('29990101000000')`);
      const { code, printed } = await production.run(['sh', '-c', preDeploy()], image, variables);
      await production.database.ask(`delete from ${table} where version = '29990101000000'`);
      expect([code, printed]).toEqual([0, expect.stringContaining('the database is up to date')]);
    });

    it('starts by its own command, answers its health check, finishes running work and exits 0 on SIGTERM', async () => {
      const service = start();
      await service.untilPrinted(/SYSTEM started/);
      const probe = await production.run(command('HEALTHCHECK'), image, variables);
      expect(probe).toEqual({ code: 0, printed: '' });
      const visitor = new Visitor(base(), undefined, { 'x-forwarded-proto': 'https' });
      expect((await visitor.call('/health')).json).toMatchObject({ status: 'healthy' });

      const asked = production.identity.requests;
      const login = visitor.call('/api/v1/auth/login', { body: { email: 'somebody@example.com', password } });
      while (production.identity.requests === asked) await new Promise((resolve) => setTimeout(resolve, 5));
      service.signal('SIGTERM');
      expect((await login).status).toBe(200);
      expect(await service.exited()).toBe(0);
      expect((await production.run(command('HEALTHCHECK'), image, variables)).code).toBe(1);
    });

    it('shows the API description when it serves as staging', async () => {
      const service = start({ ENVIRONMENT: 'staging' });
      await service.untilPrinted(/SYSTEM started/);
      const visitor = new Visitor(base(), undefined, { 'x-forwarded-proto': 'https' });
      const page = await visitor.call('/docs');
      const [script = ''] = /\/docs\/[\w-]+\/scalar\.js/.exec(page.text) ?? [];
      const answers = [page, await visitor.call(script), await visitor.call('/docs-json')];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      service.signal('SIGTERM');
      expect(await service.exited()).toBe(0);
    });

    it('writes nothing into its own folder', () => {
      expect(list()).toEqual(contents);
    });

    describe('on a database that it cannot use', () => {
      let unverified: Command;
      let away: Command;
      beforeAll(() => {
        unverified = start({ NODE_EXTRA_CA_CERTS: undefined });
        away = start({
          DATABASE_URL: (production.env['DATABASE_URL'] ?? '').replace(/:\d+\/velro/, ':1/velro'),
        });
      });

      /** It tries for a while, then ends by itself; its last line holds the reason, none holds a secret. */
      const expectEnd = async (service: Command, reason: string): Promise<void> => {
        expect(await service.exited()).toBe(1);
        expect(service.stdout).not.toContain('SYSTEM started');
        const last = service.stdout.trimEnd().split('\n').at(-1) ?? '';
        expect(JSON.parse(last)).toMatchObject({
          level: 'error',
          msg: 'the service did not start',
          cause: { code: reason },
        });
        expectNoSecret(service.printed);
      };

      it('does not start while it cannot verify the certificate', async () => {
        await expectEnd(unverified, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
      });

      it('does not start while its database does not answer', async () => {
        await expectEnd(away, 'ECONNREFUSED');
      });
    });

    it('does not start on the embedded default', async () => {
      const service = start({ DATABASE_URL: undefined, SUPABASE_URL: undefined });
      expect(await service.exited()).toBe(1);
      expect(service.stderr).toMatch(
        /DATABASE_URL: is missing, and the embedded database is for development alone/,
      );
    });
  });
});
