import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { rawRequest, type Answer } from '../support/http/http.js';
import { until } from '../support/process/wait-until.js';
import { Service, signUp } from '../support/process/service.js';

const always: Readonly<Record<string, string | RegExp>> = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'content-security-policy':
    /^default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'/,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': /camera=\(\)/,
  'x-request-id': /^[0-9a-f-]{36}$/,
  'cache-control': 'no-store',
};
const never = ['server', 'x-powered-by', 'access-control-allow-credentials', 'set-cookie'];

describe('every answer carries the security headers', () => {
  let service: Service;
  let token: string;
  beforeAll(async () => {
    service = await Service.start({ CORS_ORIGINS: 'http://localhost:5173' });
    token = (await signUp(service)).token;
  });
  afterAll(async () => {
    await service.discard();
  });

  const host = () => new URL(service.url).host;
  const raw = (text: string) => rawRequest(service.url, text);
  const answers: [string, number, () => Promise<Answer>][] = [
    ['a success', 200, () => service.visitor().call('/health')],
    ['HEAD', 200, () => service.visitor().call('/health', { method: 'HEAD' })],
    ['a signed-in success', 200, () => service.visitor().call('/api/v1/auth/session', { token })],
    ['an unknown route', 404, () => service.visitor().call('/api/v1/none')],
    ['an unknown method', 405, () => service.visitor().call('/health', { method: 'PROPFIND' })],
    ['a missing token', 401, () => service.visitor().call('/api/v1/auth/me')],
    ['a bad token', 401, () => service.visitor().call('/api/v1/auth/me', { token: 'invalid-token' })],
    ['broken JSON', 400, () => service.visitor().call('/api/v1/auth/login', { raw: '{' })],
    [
      'a wrong content type',
      415,
      () =>
        service.visitor().call('/api/v1/auth/login', { raw: 'x', headers: { 'content-type': 'text/plain' } }),
    ],
    [
      'a body too large',
      413,
      () => service.visitor().call('/api/v1/auth/login', { raw: 'a'.repeat(70_000) }),
    ],
    ['a refused input', 422, () => service.visitor().call('/api/v1/auth/login', { body: {} })],
    [
      'a limit reached',
      429,
      async () => {
        const visitor = service.visitor();
        for (let hit = 0; hit < 3; hit++) await visitor.call('/api/v1/auth/login');
        return visitor.call('/api/v1/auth/login');
      },
    ],
    [
      'a preflight',
      204,
      () =>
        service.visitor().call('/api/v1/auth/login', {
          method: 'OPTIONS',
          headers: { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' },
        }),
    ],
    [
      "a stranger's preflight",
      204,
      () =>
        service.visitor().call('/api/v1/auth/login', {
          method: 'OPTIONS',
          headers: { origin: 'https://malicious-site.com', 'access-control-request-method': 'POST' },
        }),
    ],
    ['a bad percent sign', 400, () => service.visitor().call('/api/v1/%zz')],
    ['a URL too long', 414, () => service.visitor().call(`/${'a'.repeat(5000)}`)],
    [
      'headers too large',
      431,
      () => raw(`GET /health HTTP/1.1\r\nHost: ${host()}\r\nX-Big: ${'a'.repeat(20_000)}\r\n\r\n`),
    ],
    ['a missing Host', 400, () => raw('GET /health HTTP/1.1\r\nConnection: close\r\n\r\n')],
    [
      'two Hosts',
      400,
      () =>
        raw(`GET /health HTTP/1.1\r\nHost: ${host()}\r\nHost: other.example\r\nConnection: close\r\n\r\n`),
    ],
    ['garbage', 400, () => raw('\u0016\u0003\u0001 this is not HTTP\r\n\r\n')],
    [
      'a length and an encoding at once',
      400,
      () =>
        raw(
          `POST /api/v1/auth/login HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc`,
        ),
    ],
    [
      'a NUL in a header',
      400,
      () => raw(`GET /health HTTP/1.1\r\nHost: ${host()}\r\nX-Nul: a\u0000b\r\n\r\n`),
    ],
    ['an expectation', 417, () => raw(`GET /health HTTP/1.1\r\nHost: ${host()}\r\nExpect: miracles\r\n\r\n`)],
    ['CONNECT', 405, () => raw(`CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n`)],
    [
      'a link that is none',
      403,
      () => service.visitor().call('/media/generations/00000000-0000-4000-8000-000000000000/0.png'),
    ],
  ];

  it.each(answers)('%s (%i)', async (_title, status, ask) => {
    const answer = await ask();
    expect([answer.status, answer.text.slice(0, 200)]).toEqual([status, expect.any(String)]);
    for (const [name, value] of Object.entries(always)) {
      if (value instanceof RegExp)
        expect([name, answer.headers[name]]).toEqual([name, expect.stringMatching(value)]);
      else expect([name, answer.headers[name]]).toEqual([name, value]);
    }
    for (const name of never) expect(answer.headers).not.toHaveProperty(name);
    if (status >= 400) {
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.json).toMatchObject({
        status,
        title: expect.any(String),
        detail: expect.any(String),
        code: expect.stringMatching(/^[a-z_]+$/),
      });
      expect(answer.json.type).toBe(`urn:velro:problem:${String(answer.json.code)}`);
      expect(answer.json.request_id).toBe(answer.headers['x-request-id']);
      expect(answer.json.instance).toBe(`urn:uuid:${String(answer.json.request_id)}`);
    }
    if (status === 429) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('an event stream', async () => {
    const { visitor, token: own } = await signUp(service);
    const { json } = await visitor.call('/api/v1/generations', {
      token: own,
      body: { model_id: 'velro/canvas', prompt: 'fog', parameters: { width: 256, height: 256 } },
    });
    const answer = await visitor.call(`/api/v1/generations/${String(json.id)}/events`, { token: own });
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    for (const name of Object.keys(always)) expect(answer.headers).toHaveProperty(name);
  });

  it('a request that comes while the service stops', async () => {
    const other = await Service.start();
    const { token: own, visitor } = await signUp(other);
    await ask(
      other.home,
      `insert into velro.generations (id, user_id, model_id, prompt, credits_cost) select '01900000-0000-7000-8000-000000000001', id, 'velro/canvas', 'fog', 0 from velro.users`,
    );
    const { host: hostHere, port, hostname } = new URL(other.url);
    const socket = connect(Number(port), hostname);
    const request = `GET /health HTTP/1.1\r\nHost: ${hostHere}\r\n`;
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    // The first request makes the connection one that is used; the second is half sent when the stop begins.
    socket.write(`${request}\r\n${request}`);
    const stream = visitor
      .events('/api/v1/generations/01900000-0000-7000-8000-000000000001/events', own)
      .catch(() => []);
    await new Promise((resolve) => setTimeout(resolve, 500));
    other.signal('SIGTERM');
    await stream;
    await new Promise((resolve) => setTimeout(resolve, 200));
    socket.write('\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    const second = text.slice(text.indexOf('HTTP/1.1', 10)).toLowerCase();
    expect(second).toMatch(/^http\/1\.1 503/);
    for (const name of [...Object.keys(always), 'retry-after']) expect(second).toContain(`\n${name}: `);
    expect(second).toContain('application/problem+json');
    expect(await other.stop()).toBe(0);
  });

  it('invalid input after a request never corrupts the answer being written', async () => {
    const { id, token: own } = await signUp(service);
    const generation = randomUUID();
    await ask(
      service.home,
      `insert into velro.generations (id, user_id, model_id, prompt, credits_cost, due_at)
       values ($1, $2, 'velro/canvas', 'fog', 0, now() + interval '1 hour')`,
      [generation, id],
    );
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    let text = '';
    let isClosed = false;
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('close', () => (isClosed = true)).on('error', () => undefined);
    socket.write(
      `GET /api/v1/generations/${generation}/events HTTP/1.1\r\nHost: ${host()}\r\nAuthorization: Bearer ${own}\r\n\r\n`,
    );
    await until(() => text.includes('event: status'), 'the first event of the stream');
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    const before = text.length;
    socket.write('GARBAGE\r\n\r\n');
    await until(() => isClosed, 'the end of the connection');
    expect(text.slice(before)).not.toMatch(/HTTP\/1\.1|400|problem/);
  });

  it('allows an origin of the list exactly, and shows no other origin anything', async () => {
    const visitor = service.visitor();
    const ask = async (origin: string, path = '/api/v1/health') =>
      (await visitor.call(path, { headers: { origin } })).headers;
    expect((await ask('http://localhost:5173'))['access-control-allow-origin']).toBe('http://localhost:5173');
    expect((await ask('http://localhost:5173'))['access-control-expose-headers']).toContain('X-Request-Id');
    for (const origin of [
      'https://malicious-site.com',
      'null',
      'http://localhost:5173.evil.com',
      'http://localhost:51730',
      'HTTP://LOCALHOST:5173',
      'http://evil.localhost:5173',
      '*',
    ]) {
      expect(await ask(origin)).not.toHaveProperty('access-control-allow-origin');
      expect(await ask(origin, '/none')).not.toHaveProperty('access-control-allow-origin');
      expect((await ask(origin)).vary).toBe('Origin');
    }
  });
});
