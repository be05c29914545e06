import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { BackupFolder } from '../../src/adapters/disk/backup-folder.js';
import type { SelfTestResult } from '../../src/features/backups/self-test/self-test-result.js';
import { backupsIn } from '../../src/adapters/postgres/backup/backup-names.js';
import { appUrl, ask, superuserUrl, unbalanced } from '../support/database/database.js';
import { Visitor } from '../support/http/http.js';
import { Command } from '../support/process/command.js';
import { projectRoot } from '../support/process/project-root.js';
import { compileCache, password, Service, signUp, type Account } from '../support/process/service.js';
import { S3Server } from '../support/s3/s3-server.js';
import { until } from '../support/process/wait-until.js';

describe('a database that is lost and restored from its backup', () => {
  const away = mkdtempSync(join(tmpdir(), 'velro-backup-away-'));
  const identityFile = join(away, 'identity.txt');
  const target = join(away, 'target');
  const restored = mkdtempSync(join(tmpdir(), 'velro-test-restored-'));
  const rotated = { JWT_SECRET: randomBytes(96).toString('base64url') };
  const metricsToken = randomBytes(32).toString('hex');
  let bucket: S3Server;
  let recipient: string;
  let before: Service;
  let held: Service | null = null;
  let ada: Account;
  let refused: Account;
  let unfinished: string;
  let balance: unknown;

  const start = (name: string, home: string, args: readonly string[], env = {}) =>
    Command.start([process.execPath, join(projectRoot, 'dist', 'src', 'cli', `${name}.js`), ...args], {
      cwd: home,
      env: { ENVIRONMENT: 'test', VELRO_HOME: home, ...compileCache, ...env },
    });
  const run = async (name: string, home: string, args: readonly string[], env = {}) => {
    const command = start(name, home, args, env);
    return { code: await command.exited(), printed: command.printed };
  };
  const call = (account: Account, path: string, body?: object) =>
    account.visitor.call(`/api/v1${path}`, { token: account.token, ...(body === undefined ? {} : { body }) });
  const paint = async (account: Account): Promise<string> => {
    const { json } = await call(account, '/generations', {
      model_id: 'velro/canvas',
      prompt: 'fog over hills',
    });
    const id = String(json.id);
    await until(
      async () => (await call(account, `/generations/${id}`)).json.status === 'completed',
      'a painted picture',
    );
    return id;
  };
  /** As an instance leaves it behind that is lost while a provider works. */
  const leaveUnfinished = async (): Promise<string> => {
    const id = randomUUID();
    await ask(
      before.home,
      `with made as (insert into velro.generations (id, user_id, model_id, prompt, credits_cost, status, deadline_at, due_at)
           values ($1, $2, 'velro/canvas', 'fog', 3, 'processing', now() + interval '1 day', now() + interval '1 day')),
         noted as (insert into velro.credit_entries (user_id, generation_id, kind, balance_change, reserved_change)
           values ($2, $1, 'reserve', -3, 3))
       update velro.users set credits_balance = credits_balance - 3, credits_reserved = credits_reserved + 3 where id = $2`,
      [id, ada.id],
    );
    return id;
  };

  const isBegun = async (home = restored): Promise<boolean> =>
    (await ask(home, `select from pg_namespace where nspname = 'velro_restore'`)).length > 0;

  beforeAll(async () => {
    bucket = await S3Server.start();
    const identity = await generateX25519Identity();
    recipient = await identityToRecipient(identity);
    writeFileSync(identityFile, `# of a test\n${identity}\n`, { mode: 0o600 });
    before = await Service.start({ DEFAULT_USER_CREDITS: '100' });
    ada = await signUp(before);
    await paint(ada);
    balance = (await call(ada, '/credits/balance')).json;
    unfinished = await leaveUnfinished();
  });
  afterAll(async () => {
    await held?.discard();
    await bucket.stop();
    for (const folder of [away, restored]) rmSync(folder, { recursive: true, force: true });
  });

  it('has no backup where the command was killed', async () => {
    const command = start('backup/db-backup', before.home, ['--to', target, '--recipient', recipient]);
    const files = () =>
      existsSync(target)
        ? readdirSync(target, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.age'))
        : [];
    await until(() => files().length > 3, 'files of a backup');
    command.kill();
    await command.exited();
    expect(await backupsIn(new BackupFolder(target))).toEqual([]);
    const restoring = await run('backup/db-restore', before.home, [
      '--from',
      target,
      '--identity',
      identityFile,
    ]);
    expect(restoring).toEqual({ code: 1, printed: `the restore failed: there is no backup in ${target}\n` });
  });

  it('was backed up while people signed up and had pictures painted', async () => {
    const loading = new AbortController();
    const load = (async () => {
      while (!loading.signal.aborted) await paint(await signUp(before));
    })();
    const { code, printed } = await run('backup/db-backup', before.home, [
      '--to',
      target,
      '--recipient',
      recipient,
    ]);
    loading.abort();
    await load;
    expect(printed).toMatch(
      /: backup \S+Z, \d+ tables, \d+ rows\nobjects: [1-9]\d* copied, 0 there already, 0 missing or damaged\n$/,
    );
    expect(code).toBe(0);
    const runs = await ask(
      before.home,
      'select outcome, row_count > 0 as has_rows from velro.backups order by started_at',
    );
    // The one that was killed has not come to its end.
    expect(runs).toEqual([
      { outcome: 'started', has_rows: null },
      { outcome: 'succeeded', has_rows: true },
    ]);
    // What comes after the backup is lost.
    refused = await signUp(before);
  });

  it('is backed up again by a command that stays, once the last success is as old as it is told', async () => {
    const made = () => backupsIn(new BackupFolder(target));
    const [first] = await made();
    await ask(
      before.home,
      `update velro.backups set finished_at = now() - interval '25 hours' where outcome = 'succeeded'`,
    );
    const staying = start('backup/db-backup', before.home, [
      '--to',
      target,
      '--recipient',
      recipient,
      '--every',
      '24',
    ]);
    await until(
      async () =>
        (await ask(before.home, `select from velro.backups where outcome = 'succeeded'`)).length === 2,
      'a second backup',
    );
    expect(staying.running).toBe(true);
    staying.kill();
    await staying.exited();
    // Again at once: the last is young.
    const waiting = start('backup/db-backup', before.home, [
      '--to',
      target,
      '--recipient',
      recipient,
      '--every',
      '24',
    ]);
    await waiting.untilPrinted(/^the next backup comes at \S+Z\n$/);
    waiting.kill();
    await waiting.exited();
    expect((await made())[0]).toBe(first);
    expect(await made()).toHaveLength(2);
  });

  it('was restored for a test, in a database of its own that is gone afterwards, however it ended', async () => {
    const args = ['--from', target, '--identity', identityFile, '--json'];
    const scratch = join(before.home, 'backup-self-test', 'database');
    const begun = async (): Promise<Command> => {
      const command = start('backup/db-backup-test', before.home, args);
      await until(async () => await isBegun(scratch).catch(() => false), 'a restore that has begun');
      return command;
    };
    const stopped = await begun();
    stopped.signal('SIGTERM');
    expect(await stopped.exited()).toBe(1);
    expect(stopped.printed).toBe('stopped: the scratch database was removed\n');
    expect(existsSync(scratch)).toBe(false);
    const killed = await begun();
    killed.kill();
    await killed.exited();
    expect(existsSync(scratch)).toBe(true);
    const { code, printed } = await run('backup/db-backup-test', before.home, args);
    const result = JSON.parse(printed) as SelfTestResult;
    expect(result.checks.filter(({ isPassed }) => !isPassed)).toEqual([]);
    expect(result.checks.map(({ name }) => name)).toContain('objects');
    expect([code, result.isPassed, existsSync(scratch)]).toEqual([0, true, false]);
    expect(readdirSync(join(target, 'self-test'))).toHaveLength(1);
    expect((await run('backup/db-backup-test', before.home, ['--from', target])).code).toBe(2);
  });

  it('stores no objects while a service works on its database', async () => {
    const urls = { DATABASE_URL: appUrl(before.home), DATABASE_MIGRATION_URL: superuserUrl(before.home) };
    const args = ['--from', target, '--identity', identityFile, '--only-objects'];
    const [object = ''] = readdirSync(join(before.home, 'objects'), {
      recursive: true,
      encoding: 'utf8',
    }).filter((name) => /\.\w+$/.test(name) && !name.includes('.parts'));
    const path = join(before.home, 'objects', object);
    const content = readFileSync(path);
    rmSync(path);
    const { code, printed } = await run('backup/db-restore', before.home, args, urls);
    expect(printed).toMatch(
      /^the restore failed: the service has [1-9]\d* connections to this database, and nothing was changed/,
    );
    expect([code, existsSync(path)]).toEqual([1, false]);
    writeFileSync(path, content);
  });

  it('tells of a backup that failed, and of nothing where its arguments are none', async () => {
    const file = join(away, 'a-file');
    writeFileSync(file, '');
    const failed = await run('backup/db-backup', before.home, [
      '--to',
      join(file, 'x'),
      '--recipient',
      recipient,
    ]);
    expect([failed.code, failed.printed.startsWith('the backup failed: ')]).toEqual([1, true]);
    const runs = await ask(before.home, `select outcome from velro.backups where outcome = 'failed'`);
    expect(runs).toEqual([{ outcome: 'failed' }]);
    for (const args of [
      [],
      ['--to', target],
      ['--recipient', recipient],
      ['--every', '0', '--to', target, '--recipient', recipient],
      ['--every', '25', '--to', target, '--recipient', recipient],
      ['--what'],
    ])
      expect((await run('backup/db-backup', before.home, args)).code).toBe(2);
    expect(await ask(before.home, 'select from velro.backups')).toHaveLength(4);
  });

  it('is restored into an empty one by the identity, which no service has, though the command was killed before', async () => {
    await before.kill();
    // The secrets are kept elsewhere than the backups.
    cpSync(join(before.home, 'secrets.json'), join(restored, 'secrets.json'));
    await before.discard();
    const killed = start('backup/db-restore', restored, ['--from', target, '--identity', identityFile]);
    await until(async () => await isBegun().catch(() => false), 'a restore that has begun');
    killed.kill();
    await killed.exited();
    expect(await isBegun()).toBe(true);
    const { code, printed } = await run('backup/db-restore', restored, [
      '--from',
      target,
      '--identity',
      identityFile,
    ]);
    expect(printed).toMatch(
      /^restored \d+ tables, \d+ rows of \S+Z\nobjects: [1-9]\d* restored, 0 there already, 0 missing\n/,
    );
    expect(code).toBe(0);
  });

  it('has what was deleted since the backup erased once more', async () => {
    const applied = await run('privacy/apply-erasures', restored, [], rotated);
    expect(applied.printed).toBe('0 erased accounts are listed; 0 of them were here again; none is left\n');
    expect(applied.code).toBe(0);
  });

  it('is not served before it is opened: a service that starts is live, not ready, and does nothing', async () => {
    for (const name of readdirSync(join(target, 'self-test')))
      bucket.objects.set(`velro/self-test/${name}`, readFileSync(join(target, 'self-test', name)));
    const watching = {
      BACKUP_TARGET: bucket.address,
      BACKUP_RECIPIENT: recipient,
      METRICS_TOKEN: metricsToken,
    };
    held = Service.launch({ ...rotated, ...watching, AI_ENABLED: 'true' }, restored);
    const at = () => /held at (http:\S+) until/.exec(held?.printed ?? '')?.[1];
    await until(() => at() !== undefined, 'a held service');
    const visitor = new Visitor(at() ?? '');
    expect((await visitor.call('/health/live')).json).toEqual({ status: 'live' });
    const ready = await visitor.call('/health/ready');
    expect([ready.status, ready.json.status, ready.json.restore]).toEqual([503, 'not_ready', 'unopened']);
    const login = await visitor.call('/api/v1/auth/login', { body: { email: ada.email, password } });
    expect([login.status, login.json.code]).toEqual([503, 'unavailable']);
    for (const { headers } of [ready, login])
      expect(headers['strict-transport-security']).toContain('max-age');
    const rows = await ask(restored, 'select status from velro.generations where id = $1', [unfinished]);
    expect(rows).toEqual([{ status: 'processing' }]);
    expect(held.lines().some(({ event }) => event === 'sys_startup')).toBe(false);
  });

  it.each(['audit-verify', 'credits-verify', 'storage-verify'])(
    'passes %s as it was restored',
    async (command) => {
      const { code, printed } = await run(command, restored, []);
      expect(printed).toMatch(/(?:whole|balanced|all agree)\n$/);
      expect(code).toBe(0);
    },
  );

  it('is not opened before somebody has read what is unknown, nor while old tokens would be accepted', async () => {
    const list = await run('backup/db-open', restored, []);
    expect(list.code).toBe(1);
    expect(list.printed).toMatch(/\ngenerations: [1-9]\d* unfinished, which fail and are paid back\n/);
    expect(list.printed).toMatch(/not opened: --confirm opens it\n$/);
    const early = await run('backup/db-open', restored, ['--confirm']);
    expect(early.code).toBe(1);
    expect(early.printed).toMatch(/\nnot opened: rotate JWT_SECRET/);
    await ask(restored, 'delete from velro_restore.erasures');
    const unerased = await run('backup/db-open', restored, ['--confirm'], rotated);
    expect(unerased.code).toBe(1);
    expect(unerased.printed).toMatch(/\nnot opened: run privacy:apply-erasures first/);
    await ask(restored, 'insert into velro_restore.erasures default values');
    const rows = await ask(restored, 'select status from velro.generations where id = $1', [unfinished]);
    expect(rows).toEqual([{ status: 'processing' }]);
    expect(held?.lines().some(({ event }) => event === 'sys_startup')).toBe(false);
  });

  it('is opened by a command, with what was unfinished failed and paid back, and the service goes on', async () => {
    const opened = await run('backup/db-open', restored, ['--confirm'], rotated);
    expect(opened.printed).toMatch(
      /\nopened: [1-9]\d* generations failed and paid back, 0 API keys revoked\n$/,
    );
    expect(opened.code).toBe(0);
    const swept = await ask(
      restored,
      `select 1 from velro.sweeps where name = 'orphaned_objects' and due_at > now() + interval '6 days'`,
    );
    expect(swept).toHaveLength(1);
    await held?.untilListening();
    const visitor = new Visitor(held?.url ?? '');
    expect((await visitor.call('/health/ready')).json).toMatchObject({ status: 'ready', restore: 'none' });
    const { status, json } = await visitor.call('/api/v1/auth/login', {
      body: { email: ada.email, password },
    });
    expect(status).toBe(200);
    const again: Account = { ...ada, visitor, token: json.access_token };
    expect((await call(again, `/generations/${unfinished}`)).json.status).toBe('failed');
    expect((await call(again, '/credits/balance')).json).toEqual(balance);
    expect(await ask(restored, unbalanced)).toEqual([]);
    const old = { refresh_token: ada.refreshToken };
    expect((await visitor.call('/api/v1/auth/refresh', { body: old })).status).toBe(401);
    for (const { token } of [ada, refused])
      expect((await visitor.call('/api/v1/credits/balance', { token })).status).toBe(401);
    const order = { model_id: 'velro/canvas', prompt: 'fog' };
    expect((await call(again, '/generations', order)).json.code).toBe('ai_disabled');
  });

  it('has its last self-test in the metrics of the service that looks at the target', async () => {
    const visitor = new Visitor(held?.url ?? '');
    const lastTest = async () =>
      Number(
        /^backup_self_test_last_success (\d+)/m.exec(
          (await visitor.call('/metrics', { token: metricsToken })).text,
        )?.[1],
      );
    await until(async () => (await lastTest()) > 0, 'the time of a self-test');
    expect(Math.abs(Date.now() / 1000 - (await lastTest()))).toBeLessThan(3600);
  });

  it('makes an instance not ready that runs on it when it is restored again', async () => {
    const visitor = new Visitor(held?.url ?? '');
    await ask(restored, 'create schema velro_restore');
    await until(
      async () => (await visitor.call('/health/ready')).status === 503,
      'an instance that is not ready',
    );
    expect((await visitor.call('/health/ready')).json.restore).toBe('unopened');
    await ask(restored, 'drop schema velro_restore');
    await until(async () => (await visitor.call('/health/ready')).status === 200, 'a ready instance');
  });

  it('says in its audit log that it was restored, and passes audit:verify and credits:verify', async () => {
    const rows = await ask(
      restored,
      `select action from velro.audit_entries where action = 'database.restored'`,
    );
    expect(rows).toHaveLength(1);
    const said = await ask(
      restored,
      `select level from velro.security_events where text = 'DATABASE restored from a backup and opened by command'`,
    );
    expect(said).toEqual([{ level: 'HIGH' }]);
    for (const command of ['audit-verify', 'credits-verify', 'storage-verify'])
      expect(await run(command, restored, [])).toMatchObject({ code: 0 });
  });
});
