import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  administrator,
  codeAt,
  now,
  steadyMoment,
  type Administrator,
} from '../support/accounts/authenticator.js';
import { ask } from '../support/database/database.js';
import { password, Service } from '../support/process/service.js';
import { audit } from '../support/services/security-audit.js';

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
