import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { administrator } from '../support/accounts/authenticator.js';
import { ask, superuserUrl } from '../support/database/database.js';
import { lastTry } from '../support/database/last-try.js';
import { IncidentCommand, incidentProgram } from '../support/incidents/incident-command.js';
import { MailServer } from '../support/mail/mail-server.js';
import { Command } from '../support/process/command.js';
import { Service, signUp } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { HostedAuth } from '../support/supabase/hosted-auth.js';
import { generatedSecret } from '../support/tokens/forged-tokens.js';

const count = async (home: string, of: string, values: unknown[] = []): Promise<number> =>
  (await ask<{ count: number }>(home, `select count(*)::int as count from velro.${of}`, values))[0]?.count ??
  -1;

describe('npm run incident where something is not as usual', () => {
  const away = mkdtempSync(join(tmpdir(), 'velro-test-incident-edges-'));
  let service: Service;
  let incident: IncidentCommand;
  beforeAll(async () => {
    service = await Service.start();
    incident = new IncidentCommand(service.home);
  });
  afterAll(async () => {
    await service.discard();
  });

  const affectedBy = (id: string): Promise<string[]> =>
    ask<{ user_id: string }>(
      service.home,
      'select user_id from velro.incident_affected where incident_id = $1',
      [id],
    ).then((rows) => rows.map((row) => row.user_id));

  it('says that the list of those who were read is not whole where PSEUDONYM_KEY was rotated, and exits with 1', async () => {
    const [admin, cleo] = [await administrator(service, 'super_admin'), await signUp(service)];
    const since = new Date().toISOString();
    const read = await admin.visitor.call(`/api/v1/admin/users/${cleo.id}`, { token: admin.token });
    expect(read.status).toBe(200);
    const id = await incident.open('data_breach');
    const rotated = { PSEUDONYM_KEY: randomBytes(32).toString('base64') };
    const blind = await new IncidentCommand(service.home, rotated).run('affected', id, '--since', since);
    expect([blind.code, blind.printed]).toEqual([1, expect.stringContaining('1 entries of reads name')]);
    expect(await affectedBy(id)).toEqual([]);
    const both = { ...rotated, PSEUDONYM_KEY_PREVIOUS: generatedSecret(service.home, 'PSEUDONYM_KEY') };
    const whole = await new IncidentCommand(service.home, both).run('affected', id, '--since', since);
    expect([whole.code, whole.printed]).toEqual([0, expect.stringContaining(cleo.id)]);
    expect(await affectedBy(id)).toEqual([cleo.id]);
  });

  it('counts entries of an account that was deleted since apart, and exits with 0', async () => {
    const id = await incident.open('data_breach');
    const later = new Date(Date.now() - 1000).toISOString();
    const [admin, dora] = [await administrator(service, 'super_admin'), await signUp(service)];
    await admin.visitor.call(`/api/v1/admin/users/${dora.id}`, { token: admin.token });
    await ask(
      service.home,
      `insert into velro.erased_accounts (pseudonym) select subject from velro.audit_entries
       where action = 'personal_data.read' and subject is not null order by at desc limit 1`,
    );
    await asReplica(service.home, 'delete from velro.users where id = $1', [dora.id]);
    expect(await count(service.home, 'users where id = $1', [dora.id])).toBe(0);
    const { code, printed } = await incident.run('affected', id, '--since', later);
    expect([code, printed]).toEqual([
      0,
      expect.stringContaining('1 entries name accounts that were deleted'),
    ]);
  });

  it('finds an account by the address of its sign-in after its session moved on', async () => {
    const ada = await signUp(service);
    await until(
      async () =>
        (await count(service.home, "security_events where user_id = $1 and event = 'authn_login_success'", [
          ada.id,
        ])) > 0,
      'the event of the sign-in',
    );
    await ask(service.home, "update velro.sessions set address = '198.51.100.7' where user_id = $1", [
      ada.id,
    ]);
    const id = await incident.open('data_breach');
    await incident.run('affected', id, '--address', ada.visitor.address, '--since', '2999-01-01');
    expect(await affectedBy(id)).toEqual([]);
    await incident.run('affected', id, '--address', ada.visitor.address);
    expect(await affectedBy(id)).toEqual([ada.id]);
  });

  it('finds nobody by an address from which a sign-in was only refused', async () => {
    const bob = await signUp(service);
    await ask(
      service.home,
      `insert into velro.security_events (id, at, event, level, text, source_ip, user_id, response)
       values ($1, now(), 'authn_login_fail', 'LOW', 'AUTH sign-in refused', '198.51.100.9', $2, 'refused')`,
      [randomUUID(), bob.id],
    );
    const id = await incident.open('data_breach');
    expect((await incident.run('affected', id, '--address', '198.51.100.9')).code).toBe(0);
    expect(await affectedBy(id)).toEqual([]);
  });

  it.each([
    ['2001:db8::1', '2001:DB8:0:0::1'],
    ['2001:db8::2', '2001:db8:0:0:0:0:0:2'],
    ['203.0.113.7', '::ffff:203.0.113.7'],
  ])('finds a session at %s by %s', async (stored, given) => {
    const ada = await signUp(service);
    await ask(service.home, 'update velro.sessions set address = $2 where user_id = $1', [ada.id, stored]);
    const id = await incident.open('data_breach');
    await incident.run('affected', id, '--address', given);
    expect(await affectedBy(id)).toEqual([ada.id]);
  });

  it('isolates for no incident that is closed while it waits for its turn, and leaves sign-ins open', async () => {
    const id = await incident.open('system_compromise');
    const holder = new pg.Client({ connectionString: superuserUrl(service.home) });
    await holder.connect();
    await holder.query('begin');
    await holder.query('lock table velro.sign_in_gate in row share mode');
    const command = incident.start('isolate', id);
    await until(
      async () =>
        (await ask(service.home, "select from pg_locks where not granted and mode = 'ExclusiveLock'"))
          .length > 0,
      'a command that waits',
    );
    const report = join(away, 'report.md');
    writeFileSync(report, 'what happened, and why');
    const closing = ['--cause', 'a drill', '--measures', 'none', '--post-mortem', report];
    expect((await incident.run('close', id, ...closing)).code).toBe(0);
    await holder.query('rollback');
    await holder.end();
    expect([await command.exited(), command.printed]).toEqual([
      1,
      expect.stringContaining('the incident was closed at'),
    ]);
    expect(await count(service.home, 'sign_in_switch where closed_at is null')).toBe(1);
    expect(await count(service.home, 'incidents where id = $1 and isolated_at is null', [id])).toBe(1);
    await expect(
      ask(service.home, 'update velro.incidents set isolated_at = now() where id = $1', [id]),
    ).rejects.toThrow('incidents_reopened_before_closed');
  });

  it('makes new secrets only into a file that is named', async () => {
    const id = await incident.open('key_compromised');
    const before = readdirSync(service.home);
    expect((await incident.run('rotate-all', id)).code).toBe(2);
    expect(readdirSync(service.home)).toEqual(before);
    expect(await count(service.home, 'incident_notes where incident_id = $1', [id])).toBe(0);
  });

  it('notes a file of new secrets that was written before the command was ended, and notes it once', async () => {
    const id = await incident.open('key_compromised');
    const file = join(away, 'rotation.env');
    expect((await incident.run('rotate-all', id, '--out', file)).code).toBe(0);
    const written = readFileSync(file);
    await ask(service.home, 'delete from velro.incident_notes where incident_id = $1', [id]);
    const again = await incident.run('rotate-all', id, '--out', file);
    expect([again.code, readFileSync(file)]).toEqual([0, written]);
    const notes = await ask(service.home, 'select text from velro.incident_notes where incident_id = $1', [
      id,
    ]);
    expect(notes).toEqual([{ text: expect.stringContaining('JWT_SECRET, PASSWORD_PEPPER') }]);
    expect((await incident.run('rotate-all', id, '--out', file)).code).toBe(1);
    writeFileSync(file, written.subarray(0, written.length - 10));
    const cut = await incident.run('rotate-all', id, '--out', file);
    expect([cut.code, cut.printed]).toEqual([1, expect.stringContaining('not written to its end')]);
    const other = await incident.open('key_compromised');
    writeFileSync(file, written);
    expect((await incident.run('rotate-all', other, '--out', file)).code).toBe(1);
    expect(await count(service.home, 'incident_notes where incident_id = $1', [other])).toBe(0);
  });

  it('names each earlier key that is set, to be removed, and secrets that are made anew elsewhere', async () => {
    const id = await incident.open('key_compromised');
    const set = {
      JWT_SECRET_PREVIOUS: randomBytes(96).toString('base64'),
      SECURITY_ALERT_WEBHOOK_URL: 'https://alerts.example/hook-4711',
    };
    const command = new IncidentCommand(service.home, set);
    const { printed } = await command.run('rotate-all', id, '--out', join(away, 'with-earlier.env'));
    expect(printed).toContain('remove JWT_SECRET_PREVIOUS: ');
    expect(printed).toContain('SECURITY_ALERT_WEBHOOK_URL: the receiver of alerts');
    expect(printed).not.toContain('remove PASSWORD_PEPPER_PREVIOUS');
    for (const value of Object.values(set)) expect(printed).not.toContain(value);
  });

  it.each([
    ['begins when it ends', ['--since', '2026-11-20', '--until', '2026-11-20'], 2],
    ['ends before it begins', ['--since', '2026-11-20', '--until', '2026-11-19T23:00:00Z'], 2],
    ['begins on a day that no calendar has', ['--since', '2026-02-30', '--until', '2026-11-20'], 1],
  ])('keeps no evidence of a window that %s, and lists nobody', async (_, window, code) => {
    const id = await incident.open('data_breach');
    const out = join(away, `${id}.zip`);
    const kept = await incident.run('evidence', id, '--out', out, ...window);
    expect([kept.code, kept.printed.trim().split('\n')]).toEqual([code, [expect.any(String)]]);
    expect(existsSync(out)).toBe(false);
    expect(await count(service.home, 'incident_evidence where incident_id = $1', [id])).toBe(0);
    expect((await incident.run('affected', id, ...window)).code).toBe(code);
  });

  it('leaves no part of an archive that could not be made', async () => {
    const id = await incident.open('data_breach');
    const folder = mkdtempSync(join(tmpdir(), 'velro-test-incident-part-'));
    await ask(service.home, 'revoke select on velro.control_attestations from velro_app');
    try {
      expect((await incident.run('evidence', id, '--out', join(folder, 'evidence.zip'))).code).toBe(1);
    } finally {
      await ask(service.home, 'grant select on velro.control_attestations to velro_app');
    }
    expect(readdirSync(folder)).toEqual([]);
    expect(await count(service.home, 'incident_evidence where incident_id = $1', [id])).toBe(0);
  });

  it('isolates to its end where nobody reads what it prints', async () => {
    const id = await incident.open('system_compromise');
    await signUp(service);
    const { line, ...options } = incidentProgram(service.home);
    const piped = ['bash', '-c', 'set -o pipefail; "$@" | :', 'bash', ...line, 'isolate', id];
    const command = Command.start(piped, options);
    expect([await command.exited(), command.stderr]).toEqual([0, '']);
    expect(await count(service.home, 'sessions where ended_at is null')).toBe(0);
    expect(await count(service.home, 'sign_in_switch where incident_id = $1', [id])).toBe(1);
    expect((await incident.run('reopen', id)).code).toBe(0);
  });

  it('opens sign-ins again for a closed incident that holds their switch', async () => {
    const id = await incident.open('system_compromise');
    expect((await incident.run('isolate', id)).code).toBe(0);
    // As a command of before could leave it.
    await ask(service.home, 'alter table velro.incidents drop constraint incidents_reopened_before_closed');
    await asReplica(
      service.home,
      "update velro.incidents set closed_at = now(), cause = 'a', measures = 'b', post_mortem = 'c' where id = $1",
      [id],
    );
    expect((await incident.run('isolate', id)).printed).toContain('were closed already');
    expect((await incident.run('reopen', id)).code).toBe(0);
    expect(await count(service.home, 'sign_in_switch where closed_at is null')).toBe(1);
  });
});

/** Behind the back of triggers, so also of the audit log. */
async function asReplica(home: string, text: string, values: readonly unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl(home) });
  await client.connect();
  try {
    await client.query("set session_replication_role = 'replica'");
    await client.query(text, [...values]);
  } finally {
    await client.end();
  }
}

describe('a mail about an incident', () => {
  let auth: HostedAuth;
  let mail: MailServer;
  let service: Service;
  let incident: IncidentCommand;
  beforeAll(async () => {
    [auth, mail] = await Promise.all([HostedAuth.start(), MailServer.start()]);
    const env = { ...auth.env, SMTP_URL: mail.url, MAIL_FROM: 'Velro <no-reply@velro.example>' };
    service = await Service.start(env);
    incident = new IncidentCommand(service.home, env);
  });
  afterAll(async () => {
    await service.discard();
    await Promise.all([auth.stop(), mail.stop()]);
  });

  const notices = () =>
    ask<{ id: string }>(
      service.home,
      "select id from velro.notices where kind = 'incident_data_breach' and recipient <> ''",
    );

  it('tells nobody until a mail server took it, is due again where it was given up, and is then sent once', async () => {
    const email = `${randomUUID()}@example.com`;
    const body = { supabase_access_token: auth.login(email, 'oauth') };
    expect((await service.visitor().call('/api/v1/auth/exchange', { body })).status).toBe(200);
    const id = await incident.open('data_breach');
    const [names, report] = ['names.txt', 'report.md'].map((name) => join(service.home, name));
    writeFileSync(names ?? '', email);
    writeFileSync(report ?? '', 'what happened, and why');

    mail.fault = 'busy';
    const queued = await incident.run('affected', id, '--accounts', names ?? '', '--mail');
    expect(queued.printed).toContain('1 mails are in the queue');
    const waits = await incident.run('affected', id, '--mail');
    expect(waits.printed).toContain('1 accounts, 1 of them not told; of 1 the mail waits to be sent');
    expect(waits.printed).toContain('0 mails are in the queue');
    const [notice] = await notices();
    await until(
      lastTry(service.home, 'notice', notice?.id, async () => (await notices()).length === 0),
      'a mail that was given up',
    );

    mail.fault = 'none';
    const again = await incident.run('affected', id, '--mail');
    expect(again.printed).toContain('1 accounts, 1 of them not told\n');
    expect(again.printed).toContain('1 mails are in the queue');
    await until(
      async () => (await count(service.home, 'incident_affected where sent_at is not null')) === 1,
      'a mail that was sent',
    );
    expect((await incident.run('affected', id, '--mail')).printed).toContain('0 mails are in the queue');
    expect(mail.to(email)).toHaveLength(1);
    const closing = ['--cause', 'a drill', '--measures', 'none', '--post-mortem', report ?? ''];
    const { code, printed } = await incident.run('close', id, ...closing);
    expect(code).toBe(0);
    expect(printed).not.toContain('have not been told');
    expect(printed).not.toContain('wait to be sent');
  });
});
