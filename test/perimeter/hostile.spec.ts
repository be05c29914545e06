import { execFile } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rateLimits } from '../../config/policy/perimeter/rate-limits.js';
import { administrator } from '../support/accounts/authenticator.js';
import { operatorOf } from '../support/accounts/operator.js';
import { rawRequest, type Answer } from '../support/http/http.js';
import { Service } from '../support/process/service.js';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly access: { readonly kind: string };
}

/** Bounded in count and size, and against this machine alone. */
const hostile: readonly string[] = [
  "' OR '1'='1' --",
  '1; DROP TABLE velro.users; --',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '%ff%fe',
  '%c0%ae%c0%ae/',
  '${jndi:ldap://127.0.0.1/a}',
  '{{7*7}}',
  '$(id)',
  '`id`',
  '\u202egnp.exe',
  '🦊'.repeat(50),
  'a'.repeat(3000),
  '-1',
  '9'.repeat(30),
  'NaN',
  '[object Object]',
  '__proto__',
  'constructor',
  '%0d%0aSet-Cookie:%20a=b',
  '[$ne]',
  'null',
];
const bodies: readonly unknown[] = [
  null,
  [],
  'text',
  0,
  true,
  {},
  { __proto__: null, constructor: 1 },
  { email: { $ne: null }, password: { $gt: '' } },
  { email: ['a@example.com'], password: ['x'] },
  { email: 'a@example.com\r\nBcc: b@example.com', password: 'x' },
  { model_id: 'velro/canvas', prompt: 'x'.repeat(2001) },
  { model_id: '../../etc', prompt: '\u0000' },
  { model_id: 'velro/canvas', prompt: 'x', parameters: { width: 1e308, height: -0.5, seed: '1' } },
  { refresh_token: 'A'.repeat(64) },
  { mfa_token: '='.repeat(95), code: '１２３４５６' },
  { name: 'x', scopes: ['*'], addresses: ['0.0.0.0/0'], expires_in_days: 1e9 },
  { role: 'super_admin', disabled: 'no' },
  { token: "' or 1=1--------", new_password: 'x'.repeat(600) },
];

/** What a request is refused with before its route sees it. */
const guardCodes: ReadonlySet<unknown> = new Set([
  'token_missing',
  'token_invalid',
  'forbidden',
  'mfa_enrolment_required',
  'step_up_required',
  'scope_missing',
  'operator_credentials_invalid',
  'cross_site_refused',
  'address_blocked',
  'rate_limit_exceeded',
  'account_guesses_exceeded',
]);
/** The answer to a HEAD has no body. */
const stoppedByGuard = ({ status, json }: Answer): boolean =>
  json === undefined ? [401, 403, 429].includes(status) : guardCodes.has(json.code);
const isOperators = ({ access }: Route): boolean => access.kind === 'operator';

describe('hostile requests', () => {
  let service: Service;
  let routes: Route[];
  beforeAll(async () => {
    // No limit stops what is meant for the routes behind it.
    service = await Service.start(
      Object.fromEntries(
        Object.keys(rateLimits).map((rule) => [`RATE_LIMIT_${rule.toUpperCase()}`, '1000000/minute']),
      ),
    );
    const cli = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'routes.js');
    const { stdout } = await promisify(execFile)(process.execPath, [cli, '--json'], {
      env: { ENVIRONMENT: 'test', VELRO_HOME: service.home, PATH: process.env['PATH'] ?? '' },
    });
    routes = JSON.parse(stdout) as Route[];
  });
  afterAll(async () => {
    await service.discard();
  });

  /** Somebody who does nothing wrong is served, and soon enough not to notice. */
  const isServed = async (): Promise<boolean> => {
    const start = performance.now();
    const { status } = await service.visitor().call('/health/live');
    return status === 200 && performance.now() - start < 5000;
  };

  it('cause no 500 at any route, in path, query, header and body, with a token and without', async () => {
    const { token, visitor } = await administrator(service, 'super_admin');
    const failures: string[] = [];
    const reached = new Set<Route>();
    let count = 0;
    const attempt = async (route: Route, text: string, body: unknown, signedIn: boolean): Promise<void> => {
      const path = route.path.replace(
        /:\w+/g,
        text.replaceAll('#', '%23').replaceAll('?', '%3f').replaceAll(' ', '%20'),
      );
      const query = `?limit=${encodeURIComponent(text)}&cursor=${encodeURIComponent(text)}`;
      const ascii = text.replaceAll(/[^\x20-\x7e]/g, '~').slice(0, 1000);
      const visitorOf = signedIn ? visitor : service.visitor();
      const answer = await visitorOf
        .call(encodeURI(path).slice(0, 2000) + query, {
          method: route.path.endsWith('/events') ? 'HEAD' : route.method,
          ...(route.method === 'GET' ? {} : { body }),
          ...(signedIn && !isOperators(route) ? { token } : {}),
          headers: {
            ...(signedIn && isOperators(route) ? operatorOf(service) : {}),
            'user-agent': ascii,
            'idempotency-key': ascii,
            'last-event-id': ascii,
            'x-device-token': ascii,
          },
        })
        .catch((cause: unknown) => {
          throw new Error(`${route.method} ${path} ${JSON.stringify(body)}`, { cause });
        });
      count++;
      if (!stoppedByGuard(answer)) reached.add(route);
      if (answer.status >= 500)
        failures.push(`${String(answer.status)} ${route.method} ${path} ${JSON.stringify(body)}`);
    };
    // Whoever asks would be signed out by these.
    const endsSession = ({ method, path }: Route): boolean =>
      path.endsWith('/logout') ||
      path.endsWith('/sessions/:id') ||
      (method === 'DELETE' && path.endsWith('/mfa'));
    const asked = routes.filter((one) => !endsSession(one));
    for (const route of asked) {
      await Promise.all(
        hostile.map((text, at) => attempt(route, text, bodies[at % bodies.length], at % 2 === 0)),
      );
      await Promise.all(bodies.map((body) => attempt(route, 'x', body, true)));
    }
    expect(failures).toEqual([]);
    expect(asked.filter((route) => !reached.has(route))).toEqual([]);
    expect(count).toBeGreaterThan(1000);
    expect(await isServed()).toBe(true);
  });

  it.each([
    [
      '16 KB and more of headers',
      `GET /health HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(40_000)}\r\n\r\n`,
      431,
    ],
    ['ten thousand headers', `GET /health HTTP/1.1\r\nHost: a\r\n${'A: b\r\n'.repeat(10_000)}\r\n`, 431],
    ['a long URL', `GET /${'a'.repeat(8000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
  ])('%s are refused, and other clients are served', async (_title, bytes, status) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => rawRequest(service.url, bytes)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([status]));
    expect(await isServed()).toBe(true);
  });

  it.each([
    ['deep JSON', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, {}, 400],
    [
      'wide JSON',
      JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`k${at}`, 1]))),
      {},
      400,
    ],
    ['JSON beyond the limit', JSON.stringify({ a: 'x'.repeat(2_000_000) }), {}, 413],
    ['a gzip bomb', gzipSync(Buffer.alloc(20_000_000, 0x20)), { 'content-encoding': 'gzip' }, 415],
    ['a body that is said to be br', '{}', { 'content-encoding': 'br' }, 415],
  ])('%s is refused unread, and other clients are served', async (_title, raw, headers, status) => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        service.visitor().call('/api/v1/auth/login', {
          method: 'POST',
          raw,
          headers: { 'content-type': 'application/json', ...headers },
        }),
      ),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([status]));
    expect(await isServed()).toBe(true);
  });

  it('a thousand slow senders of headers are disconnected, and other clients are served meanwhile', async () => {
    const { port } = new URL(service.url);
    const sockets: Socket[] = [];
    let closed = 0;
    for (let at = 0; at < 1000; at++) {
      const localAddress = `127.${10 + (at >> 8)}.${at & 255}.9`;
      const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress });
      socket.on('error', () => undefined);
      socket.once('close', () => closed++);
      socket.once('connect', () => socket.write('GET /health HTTP/1.1\r\nHost: a\r\nX-Slow: '));
      sockets.push(socket);
    }
    const trickle = setInterval(() => {
      for (const socket of sockets) if (!socket.destroyed) socket.write('a');
    }, 1000);
    try {
      for (let second = 0; second < 5; second++) {
        expect(await isServed()).toBe(true);
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      for (let tries = 0; tries < 200 && closed < 1000; tries++)
        await new Promise((resolve) => setTimeout(resolve, 100));
      expect(closed).toBe(1000);
    } finally {
      clearInterval(trickle);
      for (const socket of sockets) socket.destroy();
    }
  });

  it.each(['TRACE', 'TRACK', 'PROPFIND', 'PATCH'])(
    'the method %s is 405 with Allow on a path that has others',
    async (method) => {
      const answer = await rawRequest(
        service.url,
        `${method} /api/v1/auth/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
      // What the HTTP parser itself does not know is no method at all.
      expect([405, 400]).toContain(answer.status);
      if (answer.status === 405) expect(answer.headers.allow).toMatch(/^GET, HEAD, OPTIONS$/);
    },
  );

  it.each(['x-http-method-override', 'x-http-method', 'x-method-override'])('%s is refused', async (name) => {
    const answer = await service.visitor().call('/health', { headers: { [name]: 'DELETE' } });
    expect([answer.status, answer.json.code]).toEqual([400, 'method_override_refused']);
  });

  it.each([
    '?a=1&a=2',
    '?__proto__=1',
    '?constructor=1',
    `?${Array.from({ length: 60 }, (_, at) => `p${at}=1`).join('&')}`,
  ])('the query %s is refused', async (query) => {
    const answer = await service.visitor().call(`/health${query}`);
    expect([answer.status, answer.json.code]).toEqual([400, 'query_invalid']);
  });

  it('OPTIONS that is no preflight lists the methods of a path', async () => {
    const answer = await service.visitor().call('/api/v1/auth/login', { method: 'OPTIONS' });
    expect([answer.status, answer.headers.allow]).toEqual([204, 'POST, OPTIONS']);
  });
});
