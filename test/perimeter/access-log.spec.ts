import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../support/process/project-root.js';
import { Service, signUp, type LogLine } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const accessLines = (lines: readonly LogLine[]): LogLine[] => lines.filter(({ msg }) => msg === 'ACCESS');

describe('the access log', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ LOG_LEVEL: 'silent' });
  });
  afterAll(async () => {
    await service.discard();
  });

  const lineOf = async (requestId: unknown): Promise<LogLine> => {
    const find = (): LogLine[] =>
      accessLines(service.lines()).filter((line) => line['request_id'] === requestId);
    await until(() => find().length > 0, 'the access line');
    await service.logged();
    const [line, ...more] = find();
    expect(more).toEqual([]);
    if (line === undefined) throw new Error('no line');
    return line;
  };

  it.each([
    ['GET', '/health?secret=swordfish', '/health', 200],
    ['HEAD', '/health/live', '/health/live', 200],
    ['GET', '/api/v1/auth/me', '/api/v1/auth/me', 401],
    ['GET', '/api/v1/generations/swordfish', '/api/v1/generations/:id', 401],
    ['GET', '/swordfish?x=1', 'none', 404],
    ['GET', '/%zz', 'none', 400],
    ['DELETE', '/api/v1/models', '/api/v1/models', 405],
    ['OPTIONS', '/api/v1/models', '/api/v1/models', null],
  ])(
    'has one line of %s %s at every log level, without path and query',
    async (method, path, route, status) => {
      const answer = await service.visitor().call(path, { method });
      const line = await lineOf(answer.headers['x-request-id']);
      expect(line).toEqual({
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        request_id: answer.headers['x-request-id'],
        trace_id: String(answer.headers['x-request-id']).replaceAll('-', ''),
        method,
        route: expect.stringMatching(
          route === 'none' || status === null || status === 405
            ? /^(none|\/api\/v1\/models)$/
            : new RegExp(`^${route}$`),
        ),
        status: status ?? answer.status,
        ms: expect.any(Number),
        msg: 'ACCESS',
      });
      expect(JSON.stringify(line)).not.toMatch(/swordfish/);
    },
  );

  it('takes the trace from a valid traceparent, for its line and for events', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01` };
    const answer = await service.visitor().call('/api/v1/auth/me', { headers, token: 'invalid-token' });
    const id = answer.headers['x-request-id'];
    expect((await lineOf(id))['trace_id']).toBe(trace);
    const [event] = await service.linesOf(id);
    expect(event).toMatchObject({
      event: 'authz_fail',
      trace_id: trace,
      route: '/api/v1/auth/me',
      method: 'GET',
    });
  });

  it('is detailed while the level of the address is MEDIUM, without credentials, bodies and queries', async () => {
    const visitor = service.visitor();
    const { token } = await signUp(service);
    const call = () =>
      visitor.call('/api/v1/projects?secret=swordfish', {
        token,
        body: { name: 'swordfish' },
        headers: {
          'user-agent': `probe ${token} somebody@example.com\u0009x`,
          referer: 'https://example.com/page?secret=swordfish',
        },
      });
    const anonymous = () => visitor.call('/api/v1/models', { headers: { 'user-agent': 'probe' } });
    expect(await lineOf((await anonymous()).headers['x-request-id'])).not.toHaveProperty('source_ip');
    await visitor.call('/.env');
    await visitor.call('/wp-login.php');
    const detailed = await lineOf((await anonymous()).headers['x-request-id']);
    expect(detailed).toMatchObject({ source_ip: visitor.address, user_agent: 'probe', query_names: 0 });
    expect(['MEDIUM', 'HIGH']).toContain(detailed['threat_level']);
    // Signed in, the level is that of the user; without a good token it is that of the address.
    const line = await lineOf(
      (
        await visitor.call('/api/v1/projects?secret=swordfish', {
          token: `${token}x`,
          headers: { 'user-agent': token },
        })
      ).headers['x-request-id'],
    );
    expect(line).toMatchObject({ user_agent: '[TOKEN_REDACTED]', query_names: 1 });
    expect(JSON.stringify([line, await lineOf((await call()).headers['x-request-id'])])).not.toMatch(
      /swordfish|example\.com\/page\?|somebody@/,
    );
  });
});

describe('the access log and its file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'velro-log-'));
  const file = join(folder, 'velro-backend.log');
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const linesIn = (path: string): LogLine[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogLine);

  it('writes no line of a request when ACCESS_LOG is false', async () => {
    const service = await Service.start({ ACCESS_LOG: 'false' });
    await service.visitor().call('/api/v1/models');
    await service.stop();
    expect(accessLines(service.lines())).toEqual([]);
  });

  it('goes on in a new file on SIGHUP after logrotate renamed the old one, and loses no line', async () => {
    const rules = readFileSync(join(projectRoot, 'deploy/logrotate/velro-backend'), 'utf8');
    expect(rules).toMatch(/^\s+nocreate$/m);
    expect(rules).toMatch(/^\s+postrotate\n(?:.*\n)*?.*kill -HUP .*\n\s+endscript$/m);
    const service = await Service.start({ LOG_FILE: file });
    const ids: unknown[] = [];
    const ask = async (): Promise<void> => {
      ids.push((await service.visitor().call('/health/live')).headers['x-request-id']);
    };
    await ask();
    renameSync(file, `${file}.1`);
    await ask();
    await until(() => accessLines(linesIn(`${file}.1`)).length === 2, 'the line in the renamed file');
    service.signal('SIGHUP');
    await until(() => existsSync(file), 'the new file');
    await ask();
    await service.stop();
    const [old, fresh] = [linesIn(`${file}.1`), linesIn(file)];
    expect(accessLines([...old, ...fresh]).map((line) => line['request_id'])).toEqual(ids);
    expect(accessLines(old)).toHaveLength(2);
    expect(fresh.map((line) => line['event'])).toContain('sys_shutdown');
  });
});
