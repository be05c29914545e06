import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openPromise } from 'yauzl';
import { evidenceFaults } from '../../src/cli/incident/verify-evidence.js';
import { NoteSigner } from '../../src/features/audit/checkpoints/signed-note.js';
import { administrator } from '../support/accounts/authenticator.js';
import { operatorOf } from '../support/accounts/operator.js';
import { KeyOwner } from '../support/accounts/api-keys.js';
import { mailsTo } from '../support/accounts/outbox.js';
import { ask, superuserUrl } from '../support/database/database.js';
import { IncidentCommand } from '../support/incidents/incident-command.js';
import { startSecond } from '../support/process/second-instance.js';
import { password, Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const order = { model_id: 'velro/canvas', prompt: 'fog over a harbour' };
const count = async (home: string, of: string): Promise<number> =>
  (await ask<{ count: number }>(home, `select count(*)::int as count from velro.${of}`))[0]?.count ?? -1;

describe('npm run incident', () => {
  const away = mkdtempSync(join(tmpdir(), 'velro-test-incident-'));
  let service: Service;
  let second: Service;
  let incident: IncidentCommand;
  beforeAll(async () => {
    service = await Service.start();
    second = await startSecond(service);
    incident = new IncidentCommand(service.home);
  });
  afterAll(async () => {
    await second.discard();
    await service.discard();
  });

  const me = async ({ token }: { token: string }, of = service): Promise<number> =>
    (await of.visitor().call('/api/v1/auth/me', { token })).status;
  const actions = async (): Promise<string[]> =>
    (
      await ask<{ action: string }>(
        service.home,
        "select action from velro.audit_entries where action like 'incident.%' order by at",
      )
    ).map(({ action }) => action);

  it('opens an incident once, with its runbook and the clocks of the law from its discovery', async () => {
    const discovered = new Date(Date.now() - 3_600_000).toISOString();
    const { code, printed } = await incident.run(
      ...[
        'open',
        '--kind',
        'data_breach',
        '--title',
        'a list was taken',
        '--by',
        'ada',
        '--discovered',
        discovered,
      ],
    );
    const after = (hours: number): string =>
      new Date(Date.parse(discovered) + hours * 3_600_000).toISOString();
    expect(code).toBe(0);
    expect(printed).toContain('runbook: docs/runbooks/data-breach.md');
    for (const line of [
      `until ${after(72)}  GDPR, article 33`,
      `until ${after(72)}  GDPR, article 34`,
      `until ${after(30 * 24)}  California`,
      `until ${after(60 * 24)}  HIPAA`,
    ])
      expect(printed).toContain(line);
    expect(await count(service.home, 'incidents')).toBe(1);
    expect(await actions()).toEqual(['incident.opened']);
  });

  it.each([
    ['without a kind', ['open', '--title', 'a', '--by', 'ada'], 2],
    ['without who opens it', ['open', '--kind', 'data_breach', '--title', 'a'], 2],
    [
      'that is discovered later',
      ['open', '--kind', 'data_breach', '--title', 'a', '--by', 'ada', '--discovered', '2999-01-01'],
      1,
    ],
    [
      'with an option of another part',
      ['open', '--kind', 'data_breach', '--title', 'a', '--by', 'ada', '--mail'],
      2,
    ],
  ])('opens no incident %s, and writes nothing', async (_, args, code) => {
    const before = [await count(service.home, 'incidents'), (await actions()).length];
    expect((await incident.run(...args)).code).toBe(code);
    expect([await count(service.home, 'incidents'), (await actions()).length]).toEqual(before);
  });

  describe('isolating', () => {
    let id: string;
    let ada: Account;
    let bob: KeyOwner;
    let key: { id: string; text: string };
    let afterwards: string;
    beforeAll(async () => {
      [id, ada, bob] = [
        await incident.open('system_compromise'),
        await signUp(service),
        await KeyOwner.signUp(service, []),
      ];
      key = await bob.key();
    });

    const held = async (): Promise<pg.Client> => {
      const holder = new pg.Client({ connectionString: superuserUrl(service.home) });
      await holder.connect();
      await holder.query('begin');
      await holder.query('select from velro.sessions where user_id = $1 for update', [ada.id]);
      return holder;
    };
    const living = () => ask(service.home, 'select id from velro.sessions where ended_at is null');

    it('is gone on with after kill -9 in between, and refuses every token on two instances within a second meanwhile', async () => {
      expect([await me(ada), await me(ada, second), await me({ token: key.text })]).toEqual([200, 200, 200]);
      const holder = await held();
      const command = incident.start('isolate', id, '--by', 'ada');
      await until(
        async () => (await count(service.home, 'sign_in_switch where closed_at is not null')) === 1,
        'closed',
      );
      const took = await until(
        async () => (await me(ada)) === 401 && (await me(ada, second)) === 401,
        'refused on both',
        1000,
      );
      expect(took).toBeLessThan(1000);
      await until(async () => (await count(service.home, 'ai_switch where not enabled')) === 1, 'AI off');
      process.kill(command.pid, 'SIGKILL');
      await command.exited();
      await holder.query('rollback');
      await holder.end();
      expect((await living()).length).toBeGreaterThan(0);
      const refused = await incident.run('reopen', id);
      expect([refused.code, refused.printed]).toEqual([1, expect.stringContaining('run isolate again')]);
      expect(await me(ada)).toBe(401);

      const { code, printed } = await incident.run('isolate', id, '--by', 'ada');
      expect([code, printed]).toEqual([0, expect.stringContaining('were closed already')]);
      expect(printed).toContain('not shut: ');
      expect(await living()).toEqual([]);
    });

    it('changes nothing when it is done once more', async () => {
      const before = (await actions()).length;
      const { printed } = await incident.run('isolate', id);
      expect(printed).toContain('were closed already');
      expect(printed).toContain('sessions: 0 ended');
      expect((await actions()).length).toBe(before);
    });

    const guarded = (): readonly (readonly [string, object])[] => [
      ['login', { email: ada.email, password }],
      ['register', { email: 'new@example.com', password }],
      ['refresh', { refresh_token: ada.refreshToken }],
      ['exchange', { supabase_access_token: 'a.b.c' }],
      ['mfa/verify', { mfa_token: 'a', code: '123456' }],
      ['password-reset', { email: ada.email }],
      ['password-reset-confirm', { token: 'a'.repeat(64), new_password: password }],
      ['email-verify', { token: 'a'.repeat(64), password }],
      ['email-resend', { email: ada.email }],
    ];

    it('answers 503 on every route that signs somebody in, and nothing of it is done', async () => {
      const state = async () =>
        Promise.all(
          ['sessions', 'refresh_tokens', 'users', 'account_guesses', 'devices'].map((of) =>
            count(service.home, of),
          ),
        );
      const [before, mails] = [await state(), mailsTo(service.home, ada.email).length];
      for (const [route, body] of guarded()) {
        const answer = await service.visitor().call(`/api/v1/auth/${route}`, { body });
        expect([route, answer.status, answer.json.code, answer.headers['retry-after']]).toEqual([
          route,
          503,
          'sign_ins_closed',
          '300',
        ]);
      }
      expect([await state(), mailsTo(service.home, ada.email).length]).toEqual([before, mails]);
    });

    it('refuses API keys and says LOW of them, and leaves the operator’s routes open', async () => {
      expect((await service.visitor().call('/api/v1/auth/me', { token: key.text })).status).toBe(401);
      await service.logged();
      const refused = service.lines().find((line) => line['reason'] === 'key_closed');
      expect(refused?.['threat_level']).toBe('LOW');
      const status = await service.visitor().call('/ops/ai/status', { headers: operatorOf(service) });
      expect([status.status, status.json.ai_enabled]).toEqual([200, false]);
    });

    it('shows in the metrics of each instance that sign-ins are closed', async () => {
      for (const one of [service, second]) {
        const { text } = await one.visitor().call('/metrics', { headers: operatorOf(one) });
        expect(/^sign_ins_closed (\S+)$/m.exec(text)?.[1]).toBe('1');
      }
    });

    it('refuses to close the incident, and to isolate for another one', async () => {
      const report = join(away, 'post-mortem.md');
      writeFileSync(report, 'what happened');
      const closing = await incident.run(
        ...['close', id, '--cause', 'a drill', '--measures', 'none', '--post-mortem', report],
      );
      expect([closing.code, closing.printed]).toEqual([1, expect.stringContaining('reopen first')]);
      const other = await incident.open('system_compromise');
      expect((await incident.run('isolate', other)).printed).toContain(`because of incident ${id}`);
      expect(await count(service.home, 'incidents where closed_at is not null')).toBe(0);
      expect(await count(service.home, 'incidents where isolated_at is not null')).toBe(1);
    });

    it('ends with reopen: people sign in anew, earlier tokens stay dead, keys work again, and AI stays off', async () => {
      const { code, printed } = await incident.run('reopen', id);
      expect([code, printed]).toEqual([0, expect.stringContaining('AI: off')]);
      await until(async () => {
        const { json } = await service
          .visitor()
          .call('/api/v1/auth/login', { body: { email: ada.email, password } });
        afterwards = json.access_token ?? '';
        return (
          afterwards !== '' &&
          (await me({ token: afterwards })) === 200 &&
          (await me({ token: afterwards }, second)) === 200
        );
      }, 'a new token');
      expect([await me(ada), await me(ada, second), await me({ token: key.text })]).toEqual([401, 401, 200]);
      const old = await service
        .visitor()
        .call('/api/v1/auth/refresh', { body: { refresh_token: ada.refreshToken } });
      expect([old.status, old.json.code]).toEqual([401, 'refresh_token_invalid']);
      const painted = await service.visitor().call('/api/v1/generations', { token: afterwards, body: order });
      expect(painted.json.code).toBe('ai_disabled');
      expect((await incident.run('reopen', id)).code).toBe(1);
    });

    it('has told by one event that sign-ins were closed, and by one that they were opened again', async () => {
      const told = await ask<{ text: string; level: string }>(
        service.home,
        `select text, level from velro.security_events where text like 'ADMIN sign-ins%' order by id`,
      );
      expect(told).toEqual([
        { text: 'ADMIN sign-ins closed by command', level: 'HIGH' },
        { text: 'ADMIN sign-ins opened again by command', level: 'HIGH' },
      ]);
    });

    it('can be done again after it was reopened', async () => {
      expect((await incident.run('isolate', id)).code).toBe(0);
      await until(async () => (await me({ token: afterwards }, second)) === 401, 'refused again', 1000);
      expect((await incident.run('reopen', id)).code).toBe(0);
      // Tokens of a clock that was ahead when it was closed stay refused for some seconds.
      await until(
        async () => (await count(service.home, 'sign_in_switch where tokens_after < now()')) === 1,
        'tokens that are accepted',
      );
    });
  });

  describe('those whom it touched', () => {
    let id: string;
    let [ada, bob, eve, cleo]: Account[] = [];
    beforeAll(async () => {
      id = await incident.open('data_breach');
      [ada, bob, eve, cleo] = [
        await signUp(service),
        await signUp(service),
        await signUp(service),
        await signUp(service),
      ];
    });
    const listed = () =>
      ask<{ user_id: string }>(
        service.home,
        'select user_id from velro.incident_affected where incident_id = $1',
        [id],
      );

    it('are listed by the address of their sign-in, and by a file of names', async () => {
      const names = join(away, 'names.txt');
      writeFileSync(names, `${bob?.email ?? ''}\r\n\n${bob?.id.toUpperCase() ?? ''}\nnobody@example.com\n`);
      const byAddress = await incident.run('affected', id, '--address', ada?.visitor.address ?? '');
      expect(byAddress.printed).toContain(`${ada?.id ?? ''}\n`);
      const byName = await incident.run('affected', id, '--accounts', names);
      expect(byName.printed).toContain('1 lines of');
      expect(byName.printed).toContain('2 accounts, 2 of them not told');
      expect((await listed()).map((row) => row.user_id).sort()).toEqual([ada?.id, bob?.id].sort());
    });

    it('are listed where the audit log says that an administrator read their data in that time, and not otherwise', async () => {
      const admin = await administrator(service, 'super_admin');
      const since = new Date().toISOString();
      const read = (path: string) => admin.visitor.call(`/api/v1/admin/users${path}`, { token: admin.token });
      expect([(await read(`/${cleo?.id ?? ''}`)).status, (await read('')).status]).toEqual([200, 200]);
      const reads = await incident.open('data_breach');
      const { printed } = await incident.run('affected', reads, '--since', '2999-01-01');
      expect(printed).toContain('0 accounts');
      const found = await incident.run('affected', reads, '--since', since);
      expect(found.printed).toContain(`${cleo?.id ?? ''}\n`);
      expect(found.printed).toContain('1 times many accounts were read at once');
      expect(found.printed).toContain('1 accounts, 1 of them not told');
    });

    it('get one mail each, however often it is run, also by two at once', async () => {
      const runs = await Promise.all([
        incident.run('affected', id, '--mail'),
        incident.run('affected', id, '--mail'),
      ]);
      expect(runs.map(({ code }) => code)).toEqual([0, 0]);
      const subject = 'Your personal data was affected by a security incident';
      const sent = (): number[] =>
        [ada, bob].map(
          (one) => mailsTo(service.home, one?.email ?? '').filter((mail) => mail.subject === subject).length,
        );
      await until(() => sent().every((mails) => mails > 0), 'the mails');
      expect((await incident.run('affected', id, '--mail')).printed).toContain('0 mails are in the queue');
      await until(
        async () =>
          (await count(service.home, "notices where kind = 'incident_data_breach' and recipient <> ''")) ===
          0,
        'all sent',
      );
      expect([
        sent(),
        mailsTo(service.home, eve?.email ?? '').filter((mail) => mail.subject === subject),
      ]).toEqual([[1, 1], []]);
      expect((await actions()).filter((action) => action === 'incident.notified')).toHaveLength(2);
    });
  });

  describe('evidence', () => {
    let id: string;
    const file = join(away, 'evidence.zip');
    let key: string;
    beforeAll(async () => {
      id = await incident.open('key_compromised');
      expect((await incident.run('note', id, '--text', 'the key was in a log', '--by', 'ada')).code).toBe(0);
    });

    it('is an archive that its signature proves, with the service’s key and with the one that was printed', async () => {
      const { code, printed } = await incident.run('evidence', id, '--out', file);
      expect([code, printed]).toEqual([0, expect.stringContaining('metrics.txt')]);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      key = /signed by (\S+)/.exec(printed)?.[1] ?? '';
      expect((await incident.run('verify-evidence', file)).printed).toContain('whole');
      expect((await incident.run('verify-evidence', file, '--key', key)).code).toBe(0);
      expect((await incident.run('evidence', id, '--out', file)).printed).toContain('is there already');
      expect((await actions()).filter((action) => action === 'incident.evidence_kept')).toHaveLength(1);
    });

    it('says of each file which one was changed by a single byte, and proves nothing where that is the manifest', async () => {
      const whole = readFileSync(file);
      const changed = join(away, 'changed.zip');
      const zip = await openPromise(file, { lazyEntries: true, autoClose: false });
      const places: [string, number][] = [];
      for await (const entry of zip.eachEntry()) {
        const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
        if (entry.compressedSize > 0)
          places.push([entry.fileName, fileDataStart + Math.floor(entry.compressedSize / 2)]);
      }
      zip.close();
      expect(places.length).toBeGreaterThan(8);
      for (const [name, place] of places) {
        const bytes = Buffer.from(whole);
        bytes[place] = (bytes[place] ?? 0) ^ 1;
        writeFileSync(changed, bytes);
        const [fault, ...more] = await evidenceFaults(changed, key);
        expect([fault, more]).toEqual([expect.stringContaining(name), []]);
      }
      const { code, printed } = await incident.run('verify-evidence', changed, '--key', key);
      expect([code, printed]).toEqual([1, expect.stringContaining('nothing of the archive is proven')]);
    });

    it('that another key signed proves nothing, and what is no archive is said to be none', async () => {
      const other = new NoteSigner(Buffer.alloc(32, 7)).verifierKey;
      expect(await evidenceFaults(file, other)).toEqual([expect.stringContaining('not signed by this key')]);
      expect((await evidenceFaults(file, 'no key')).length).toBe(1);
      writeFileSync(join(away, 'none.zip'), 'none');
      expect((await incident.run('verify-evidence', join(away, 'none.zip'), '--key', key)).code).toBe(1);
    });

    it('holds no value of a secret', async () => {
      const zip = await openPromise(file, { lazyEntries: true, autoClose: false });
      let text = '';
      for await (const entry of zip.eachEntry())
        for await (const piece of await zip.openReadStreamPromise(entry)) text += String(piece);
      zip.close();
      const secrets = JSON.parse(readFileSync(join(service.home, 'secrets.json'), 'utf8')) as Record<
        string,
        string
      >;
      for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
      expect(text).toContain('the key was in a log');
      expect(text).toContain('http_server');
    });
  });

  describe('new secrets', () => {
    it('are in a file that only its owner reads, and none of them is printed', async () => {
      const id = await incident.open('key_compromised');
      const file = join(away, 'rotation.env');
      const { code, printed } = await incident.run('rotate-all', id, '--out', file);
      expect([code, statSync(file).mode & 0o777]).toEqual([0, 0o600]);
      const lines = readFileSync(file, 'utf8').split('\n');
      const set = lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split('=')[0]);
      expect(set).toEqual(['JWT_SECRET', 'PASSWORD_PEPPER', 'WEBHOOK_GATEWAY_SECRET', 'ADMIN_PASS']);
      const values = lines.flatMap((line) => /="?([^"]{20,})"?$/.exec(line)?.[1] ?? []);
      expect(values).toHaveLength(6);
      for (const value of values) expect(printed).not.toContain(value);
      for (const name of ['AUDIT_ENC_KEY', 'PSEUDONYM_KEY'])
        expect(printed).toContain(`${name}: needs an overlap`);
      const before = readFileSync(file);
      expect((await incident.run('rotate-all', id, '--out', file)).code).toBe(1);
      expect(readFileSync(file)).toEqual(before);
    });
  });

  describe('closing', () => {
    it('wants a cause, measures and a post-mortem, and says what is still due', async () => {
      const id = await incident.open('data_breach');
      const report = join(away, 'report.md');
      writeFileSync(report, 'what happened, and why');
      const all = ['--cause', 'a drill', '--measures', 'none', '--post-mortem', report];
      for (const missing of [0, 2, 4])
        expect(
          (await incident.run('close', id, ...all.filter((_, at) => at !== missing && at !== missing + 1)))
            .code,
        ).toBe(2);
      writeFileSync(join(away, 'empty.md'), ' \n');
      expect((await incident.run('close', id, ...all.slice(0, 5), join(away, 'empty.md'))).code).toBe(2);
      expect(await count(service.home, 'incidents where closed_at is not null')).toBe(0);
      const names = join(away, 'one.txt');
      writeFileSync(names, (await signUp(service)).email);
      await incident.run('affected', id, '--accounts', names);
      const { code, printed } = await incident.run('close', id, ...all);
      expect([code, printed]).toEqual([0, expect.stringContaining('due: 1 of 1 persons have not been told')]);
      expect((await incident.run('note', id, '--text', 'later')).code).toBe(1);
      expect((await incident.run('close', id, ...all)).code).toBe(1);
    });
  });
});
