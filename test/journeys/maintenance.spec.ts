import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { answers, hostile, WebhookReceiver } from '../support/http/webhook-receiver.js';
import { Command } from '../support/process/command.js';
import { projectRoot } from '../support/process/project-root.js';
import { Service, signUp } from '../support/process/service.js';

const cli = join(projectRoot, 'dist', 'src', 'cli', 'maintenance', 'maintenance.js');
/** As every instance answers. */
const health = '{"status":"healthy","uptime_s":3,"ai_status":"enabled"}';
const schedules = ['weekly', 'monthly', 'quarterly'] as const;

describe('npm run maintenance', () => {
  let service: Service;
  let registry: WebhookReceiver;
  let elsewhere: WebhookReceiver;
  beforeAll(async () => {
    [registry, elsewhere] = await Promise.all([WebhookReceiver.start(), WebhookReceiver.start()]);
    registry.at(
      '/-/npm/v1/security/advisories/bulk',
      answers(200, { 'content-type': 'application/json' }, '{}'),
    );
    service = await Service.start();
    const { visitor } = await signUp(service);
    await visitor.call("/nowhere?q=1' or 1=1--");
  });
  afterAll(async () => {
    await service.discard();
    await Promise.all([registry.stop(), elsewhere.stop()]);
  });

  const run = async (args: readonly string[], env: Record<string, string> = {}) => {
    const command = Command.start([process.execPath, cli, ...args], {
      cwd: projectRoot,
      env: {
        VELRO_HOME: service.home,
        npm_config_registry: `http://127.0.0.1:${registry.port}/`,
        npm_config_cache: join(service.home, 'npm-cache'),
        ...env,
      },
    });
    const code = await command.exited();
    return { code, stdout: command.stdout, stderr: command.stderr };
  };
  const reports = () =>
    ask<{ task: string; outcome: string; lines: string[] }>(
      service.home,
      'select task, outcome, lines from velro.maintenance_reports order by at',
    );
  const entries = async () =>
    (await ask(service.home, `select 1 from velro.audit_entries where action = 'maintenance.reported'`))
      .length;

  it('says that everything is overdue where nothing was done', async () => {
    const { code, stdout } = await run(['--due']);
    expect(code).toBe(1);
    expect(stdout).toContain('overdue: errors (weekly), never done\n');
    expect(stdout).not.toContain('policies');
  });

  it.each(schedules)(
    'makes each %s report by the running service, and records it with its entry',
    async (schedule) => {
      const [before, entriesBefore] = [(await reports()).length, await entries()];
      const { stdout, stderr } = await run([schedule]);
      expect(stderr).toBe('');
      expect(stdout).not.toContain('NOT DONE');
      const made = (await reports()).slice(before);
      expect(made.length).toBeGreaterThan(2);
      expect(made.filter(({ lines }) => lines.length === 0)).toEqual([]);
      expect(await entries()).toBe(entriesBefore + made.length);
      expect(JSON.stringify(made)).not.toMatch(/@example|NaN|undefined|127\.0\.0/);
    },
  );

  it('then says that nothing is overdue, and the controls see it', async () => {
    expect(await run(['--due'])).toEqual({ code: 0, stdout: 'nothing is overdue\n', stderr: '' });
  });

  it('names what it saw: an attack that was not seen before', async () => {
    const { stdout, stderr } = await run(['weekly', '--only', 'attacks', '--json']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([
      {
        task: 'attacks',
        title: 'Kinds of attack, and new ones',
        outcome: 'found',
        lines: [
          'malicious_sqli (malicious_input): 1 (before: 0)',
          'not seen in the window before: malicious_sqli (malicious_input)',
        ],
        attest: ['review/new-threats'],
      },
    ]);
  });

  it('sends no credentials to what is no instance, and is due again', async () => {
    elsewhere.at('/health', answers(200, { 'content-type': 'application/json' }, '{"status":"ok"}'));
    const before = elsewhere.received.length;
    const { code, stdout } = await run([
      'weekly',
      '--only',
      'errors',
      '--url',
      elsewhere.at('/').slice(0, -1),
    ]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('is no Velro')]);
    const asked = elsewhere.received.slice(before);
    expect(asked.map(({ path, headers }) => [path, headers.authorization])).toEqual([['/health', undefined]]);
  });

  it('is due again where the registry or the service does not say, and says so', async () => {
    elsewhere.at('/health', answers(200, { 'content-type': 'application/json' }, health));
    for (const [args, reaction, text] of [
      [['monthly', '--only', 'dependencies'], answers(404), 'the registry of packages does not say'],
      [['weekly', '--only', 'errors', '--url', elsewhere.at('/').slice(0, -1)], answers(404), 'answered 404'],
      [
        ['weekly', '--only', 'errors', '--url', elsewhere.at('/').slice(0, -1)],
        hostile.resets,
        'did not answer',
      ],
      [
        ['weekly', '--only', 'errors', '--url', elsewhere.at('/').slice(0, -1)],
        hostile.floods,
        'did not answer',
      ],
      [
        ['weekly', '--only', 'errors', '--url', elsewhere.at('/').slice(0, -1)],
        answers(200, { 'content-type': 'text/plain' }, ''),
        '/metrics has no process_resident_memory_bytes',
      ],
    ] as const) {
      registry.at('/-/npm/v1/security/advisories/bulk', reaction);
      registry.at('/-/npm/v1/security/audits/quick', reaction);
      elsewhere.at('/metrics', reaction);
      const { code, stdout } = await run(args);
      expect([code, stdout]).toEqual([1, expect.stringContaining(text)]);
      expect(stdout).toContain('NOT DONE, due again');
      expect((await reports()).at(-1)).toMatchObject({ task: args[2], outcome: 'not_done' });
    }
    // The earlier ones count, until they are too old.
    await ask(
      service.home,
      `delete from velro.maintenance_reports where outcome <> 'not_done' and task in ('errors', 'dependencies')`,
    );
    expect((await run(['--due'])).stdout).toBe(
      'overdue: errors (weekly), never done\noverdue: dependencies (monthly), never done\n',
    );
  });

  it('sends credentials over https alone, or to this machine', async () => {
    const { stdout } = await run(['weekly', '--only', 'errors', '--url', 'http://203.0.113.7:9']);
    expect(stdout).toContain('credentials are sent over https alone');
  });

  it.each([
    [[]],
    [['daily']],
    [['weekly', 'monthly']],
    [['weekly', '--only', 'keys']],
    [['weekly', '--url', 'ftp://x']],
    [['weekly', '--url', 'http://user:pass@localhost']],
    [['--due', 'weekly']],
    [['--due', '--what']],
  ])('refuses the arguments %j, and records nothing', async (args) => {
    const before = (await reports()).length;
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('usage: npm run maintenance')]);
    expect((await reports()).length).toBe(before);
  });

  it('records nothing without its entry of the audit log', async () => {
    await expect(
      ask(
        service.home,
        `begin; set local velro.audits = 'on';
         insert into velro.maintenance_reports (id, task, outcome, lines) values ('${randomUuid()}', 'errors', 'found', '{}'); commit`,
      ),
    ).rejects.toThrow('nothing in the audit log says maintenance.reported');
  });
});

const randomUuid = (): string =>
  randomBytes(16)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
