import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cspReportBytes } from '../../config/policy/perimeter/headers.js';
import type { Call } from '../support/http/http.js';
import { Service, type LogLine } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';

describe('malicious text in a request', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(async () => {
    await service.discard();
  });

  /** The status, and the lines about its text: one request comes from one address. */
  async function sent(path: string, call: Call = {}): Promise<[number, LogLine[]]> {
    const visitor = service.visitor();
    const { status } = await visitor.call(path, call);
    await service.logged();
    const lines = service
      .lines()
      .filter(({ msg, source_ip: ip }) => ip === visitor.address && msg.includes('MALICIOUS-INPUT'));
    return [status, lines];
  }
  const kindsOf = (lines: readonly LogLine[]) => lines.map((line) => line['kinds']);

  it.each([
    ['sqli', "admin' or 1=1--"],
    ['sqli', '-1 union select password from users--'],
    ['nosql', '{"$ne": null}'],
    ['command', '127.0.0.1;cat /etc/passwd'],
    ['xss', '"><img src=x onerror=alert(1)>'],
    ['template', '{{7*7}}'],
  ])(
    'is found as %s: %j, as a query value, the last of three, the name of one, a path segment, a referer',
    async (kind, text) => {
      const value = encodeURIComponent(text);
      for (const path of [
        `/api/v1/models?note=${value}`,
        `/api/v1/models?first=O%27Brien&second=a+b&note=${value}`,
        `/api/v1/models?${value}=1`,
        `/api/v1/models/${value}/more`,
      ]) {
        const [, lines] = await sent(path);
        expect([path, kindsOf(lines)]).toEqual([path, [expect.stringContaining(kind)]]);
      }
      const [, lines] = await sent('/api/v1/models', {
        headers: { referer: `https://example.com/?q=${value}` },
      });
      expect(kindsOf(lines)).toEqual([expect.stringContaining(kind)]);
    },
  );

  it('is found in a value that says nothing together with the one before it', async () => {
    const [, lines] = await sent('/api/v1/models?page=2&file=%2Fetc%2Fpasswd');
    expect(lines).toHaveLength(1);
  });

  it('is found in a path that climbs, whose segments say nothing', async () => {
    const [, lines] = await sent('/api/v1/models/..%2f..%2f..%2fetc%2fpasswd');
    expect(kindsOf(lines)).toEqual([expect.stringContaining('traversal')]);
  });

  it('is looked for in what a request can pay for, and the rest is recorded as unjudged', async () => {
    const [, hidden] = await sent('/api/v1/auth/login', { body: { note: '<% '.repeat(20_000) } });
    expect(hidden).toEqual([
      expect.objectContaining({ event: 'input_validation_fail', threat_level: 'LOW' }),
    ]);
    const note = `' or 1=1-- ${'<% '.repeat(20_000)}`;
    const [, found] = await sent('/api/v1/auth/login', { body: { note } });
    expect(found).toEqual([expect.objectContaining({ event: 'malicious_sqli', unjudged: 'a part' })]);
  });

  it('is not looked for in a report of a browser, which is read up to 4 KB', async () => {
    const report = (filler: number): Call => ({
      headers: { 'content-type': 'application/csp-report' },
      raw: JSON.stringify({
        'csp-report': {
          'effective-directive': 'script-src',
          'blocked-uri': `<script>alert(1)</script>' or 1=1--${'x'.repeat(filler)}`,
        },
      }),
    });
    const size = Buffer.byteLength(report(0).raw ?? '');
    expect(cspReportBytes).toBe(4096);
    expect(await sent('/api/v1/csp-report', report(cspReportBytes - size))).toEqual([204, []]);
    const before = service.lines().filter(({ event }) => event === 'malicious_csp_violation').length;
    expect(await sent('/api/v1/csp-report', report(cspReportBytes - size + 1))).toEqual([413, []]);
    // The line that says that all lines are written is a violation itself.
    const marked = service.lines().filter(({ event }) => event === 'malicious_csp_violation').length;
    expect(marked).toBe(before + 1);
  });
});
