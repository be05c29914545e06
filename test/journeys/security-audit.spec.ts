import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  administrator,
  codeAt,
  now,
  steadyMoment,
  type Administrator,
} from '../support/accounts/authenticator.js';
import { auditedIn } from '../support/database/audit-entries.js';
import { ask } from '../support/database/database.js';
import { Command } from '../support/process/command.js';
import { projectRoot } from '../support/process/project-root.js';
import { password, Service, signUp } from '../support/process/service.js';

const cli = join(projectRoot, 'dist', 'src', 'cli', 'security-audit', 'security-audit.js');

interface Line {
  readonly line: number;
  readonly status: string;
  readonly controls: readonly { readonly id: string; readonly status: string; readonly evidence: string }[];
}

interface Report {
  readonly score: number | null;
  readonly lines: Readonly<Record<string, number>>;
  readonly last_audit: string | null;
  readonly reviewer_id: string | null;
  readonly sections: readonly {
    readonly document: string;
    readonly title: string;
    readonly lines: readonly Line[];
  }[];
}

async function audit(url: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const command = Command.start([process.execPath, cli, '--url', url, ...args], { cwd: projectRoot, env });
  const code = await command.exited();
  return { code, stdout: command.stdout, stderr: command.stderr };
}

const resultsIn = (report: Report): ReadonlyMap<string, { status: string; evidence: string }> =>
  new Map(
    report.sections.flatMap(({ lines }) =>
      lines.flatMap(({ controls }) => controls.map((control) => [control.id, control] as const)),
    ),
  );

describe('security:audit of a development instance', () => {
  let service: Service;
  let admin: Administrator;
  let sessionsBefore: number;
  let made: Awaited<ReturnType<typeof audit>>;
  const sessions = async () =>
    (
      await ask(
        service.home,
        'select 1 from velro.sessions where user_id = $1 and ended_at is null and expires_at > now()',
        [admin.id],
      )
    ).length;
  beforeAll(async () => {
    service = await Service.start();
    admin = await administrator(service, 'admin');
    sessionsBefore = await sessions();
    await steadyMoment();
    made = await audit(service.url, ['--json', '--record'], {
      VELRO_AUDIT_EMAIL: admin.email,
      VELRO_AUDIT_PASSWORD: password,
      // The present code was used by the sign-in of the test.
      VELRO_AUDIT_CODE: codeAt(admin.secret, now() + 30),
    });
  });
  afterAll(() => service.discard());

  it('judges every automatic control from outside, at the checkout and from inside, and none of them fails', () => {
    const { code, stdout, stderr } = made;
    const results = resultsIn(JSON.parse(stdout) as Report);
    const other = [...results].filter(([, { status }]) => !['pass', 'not_applicable'].includes(status));
    expect(other).toEqual([]);
    expect(code).toBe(0);
    expect(stderr).toContain('reading what the service sees of itself');
    // Not one of these for want of something to look at.
    for (const id of [
      'authentication/forged-token',
      'authentication/unsigned-token',
      'limits/enforced',
      'cors/stranger',
      'events/cors',
      'events/limits',
      'events/forged-token',
      'database/least-privilege',
      'audit/append-only',
      'privacy/redaction',
      'secrets/jwt-length',
      'repository/env-ignored',
    ])
      expect([id, results.get(id)?.status]).toEqual([id, 'pass']);
  });

  it('signs in by password and code, records the audit once, and ends its session', async () => {
    const { stdout, stderr } = made;
    const report = JSON.parse(stdout) as Report;
    expect([report.reviewer_id, Date.parse(report.last_audit ?? '')]).toEqual([admin.id, expect.any(Number)]);
    const rows = await ask<{ failed: number; passed: number }>(
      service.home,
      'select failed, passed from velro.control_audits',
    );
    expect(rows).toEqual([{ failed: report.lines['fail'], passed: report.lines['pass'] }]);
    expect(await sessions()).toBe(sessionsBefore);
    expect(stdout + stderr).not.toContain(password);
  });

  it('says without a sign-in which lines were not looked at, and lets none of them pass', async () => {
    const { stdout } = await audit(service.url, ['--json']);
    const report = JSON.parse(stdout) as Report;
    const results = resultsIn(report);
    expect([
      report.last_audit,
      results.get('secrets/jwt-length')?.status,
      results.get('events/cors')?.status,
    ]).toEqual([null, 'not_looked_at', 'not_looked_at']);
    expect(report.lines['not_looked_at']).toBeGreaterThan(50);
    expect(results.get('headers/hsts')?.status).toBe('pass');
  });

  it('prints text for a terminal, and leaves its address unblocked after three audits in a minute', async () => {
    const { stdout } = await audit(service.url);
    expect(stdout).toMatch(/^Security audit of http/);
    expect(stdout).toMatch(/score \d+ %\n$/);
    expect(await ask(service.home, 'select * from velro.blocks where lifted_at is null')).toEqual([]);
  });

  it('refuses credentials that are wrong with exit code 2, and judges nothing', async () => {
    const wrong = {
      VELRO_AUDIT_EMAIL: admin.email,
      VELRO_AUDIT_PASSWORD: 'wrong',
      VELRO_AUDIT_CODE: '000000',
    };
    const { code, stdout, stderr } = await audit(service.url, [], wrong);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('the sign-in was refused');
  });
});

describe('attestations of controls', () => {
  let service: Service;
  let admin: Administrator;
  beforeAll(async () => {
    service = await Service.start();
    admin = await administrator(service, 'admin');
  });
  afterAll(() => service.discard());

  const attest = (token: string, body: unknown) =>
    service.visitor().call('/api/v1/admin/controls/attestations', { token, body });
  const words = () => ask(service.home, 'select control, reviewer_id, note from velro.control_attestations');

  it('are kept with who said it, and are an entry of the audit log', async () => {
    const entries = await auditedIn(service, async () => {
      const { status, json } = await attest(admin.token, { control: 'review/log-errors', note: 'Read.' });
      expect([status, json.id]).toEqual([201, 'review/log-errors']);
    });
    expect(entries.map(({ action }) => action)).toEqual(['control.attested']);
    expect(await words()).toEqual([{ control: 'review/log-errors', reviewer_id: admin.id, note: 'Read.' }]);
  });

  it('twice are two rows, of which the newest counts', async () => {
    await attest(admin.token, { control: 'review/log-errors', note: 'Read again.' });
    expect(await words()).toHaveLength(2);
  });

  it.each([
    ['a control that a program judges', { control: 'modes/debug', note: 'It is off.' }, 404],
    ['a control that is none', { control: 'no/such', note: 'x' }, 404],
    ['nothing said', { control: 'review/log-errors', note: '   ' }, 422],
    ['a moment of its own', { control: 'review/log-errors', note: 'x', at: '2030-01-01T00:00:00Z' }, 422],
  ])('of %s are refused, and nothing is kept', async (_, body, status) => {
    const before = await words();
    expect((await attest(admin.token, body)).status).toBe(status);
    expect(await words()).toEqual(before);
  });

  it('of somebody who is no administrator are refused, and nothing is kept', async () => {
    const before = await words();
    const stranger = await signUp(service);
    expect((await attest(stranger.token, { control: 'review/log-errors', note: 'x' })).status).toBe(403);
    expect(await words()).toEqual(before);
  });
});

describe('security:audit of what is no instance', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  const answering = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  };

  it.each<[string, RequestListener, RegExp]>([
    ['another service', (_, answer) => answer.end('{"status":"ok"}'), /is no Velro/],
    [
      'a redirect',
      (_, answer) => answer.writeHead(301, { location: 'https://x.example/' }).end(),
      /redirects to https:\/\/x\.example/,
    ],
    [
      'an answer without end',
      (_, answer) => {
        const more = (): void => {
          while (answer.write(Buffer.alloc(64 * 1024)));
          answer.once('drain', more);
        };
        more();
      },
      /is no Velro/,
    ],
    ['a connection that breaks', (_, answer) => answer.destroy(), /does not answer/],
  ])('says of %s what it is, with exit code 2', async (_, listener, said) => {
    const { code, stdout, stderr } = await audit(await answering(listener));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
  });

  it('gives up on one that never answers, with exit code 2', async () => {
    const { code, stderr } = await audit(await answering(() => undefined));
    expect([code, stderr]).toEqual([2, expect.stringContaining('does not answer')]);
  });

  it.each([[[]], [['--json', '--sarif']], [['--record']], [['--nonsense']]])(
    'refuses the arguments %j with exit code 2 and the usage',
    async (args) => {
      const url = args.length === 0 ? 'ftp://x.example' : 'http://127.0.0.1:1';
      const { code, stderr } = await audit(url, args);
      expect([code, stderr]).toEqual([2, expect.stringContaining('usage: npm run security:audit')]);
    },
  );
});
