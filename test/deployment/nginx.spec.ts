import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { connect as connectPlain, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect as connectHttp2 } from 'node:http2';
import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../../src/errors/problem.js';
import { catalogue, type ProblemCode } from '../../src/errors/catalogue.js';
import { errorAnswer } from '../../src/errors/error-answer.js';
import { securityHeaders } from '../../src/perimeter/policy/security-headers.js';
import { multipartLimits } from '../../config/policy/perimeter/http.js';
import { TlsVisitor, untilClosed, valuesOf, type TlsAnswer } from '../support/deployment/tls-visitor.js';
import { Nginx, nginxProgram } from '../support/deployment/nginx.js';
import { openssl } from '../support/process/certificates.js';
import { portBelowOutgoing } from '../support/process/free-port.js';
import { projectRoot } from '../support/process/project-root.js';
import { withPolicy } from '../support/process/policy.js';
import { Service, signUp } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const hsts = 'max-age=31536000; includeSubDomains; preload';
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const megabyte = 1024 * 1024;
const hostOf = ({ url }: Service): string => new URL(url).host;

/** An error of the proxy itself: the service's words for it, its headers once each, and an id of its own. */
function expectOwnError(answer: TlsAnswer, code: ProblemCode, isOverTls = true, path = '/'): void {
  const id = valuesOf(answer, 'x-request-id')[0] ?? '';
  const wanted = errorAnswer(new Problem(code), { id, url: path });
  expect([answer.status, answer.text]).toEqual([wanted.status, wanted.body]);
  expect(id).toMatch(uuid);
  expect(valuesOf(answer, 'content-type')).toEqual([wanted.headers['content-type']]);
  for (const [name, value] of Object.entries(securityHeaders()))
    if (name !== 'strict-transport-security' || isOverTls)
      expect([name, valuesOf(answer, name)]).toEqual([name, [value]]);
  if (!isOverTls) expect(valuesOf(answer, 'strict-transport-security')).toEqual([]);
  expect(valuesOf(answer, 'server')).toEqual(['nginx']);
}

/** In the clear, to a port. */
async function plain(port: number, text: string): Promise<TlsAnswer> {
  const socket = connectPlain(port, '127.0.0.1');
  socket.write(text);
  return untilClosed(socket);
}

const withoutProxy = nginxProgram === null || !openssl;

(withoutProxy ? describe.skip : describe)('the service behind nginx', () => {
  let service: Service;
  let nginx: Nginx;
  /** What takes long, while the tests before it run. */
  let slow: {
    readonly head: Promise<number>;
    readonly body: Promise<{ readonly ms: number; readonly answer: TlsAnswer }>;
  };
  beforeAll(async () => {
    service = await Service.start({
      TRUSTED_PROXY: '127.0.0.1/32',
      ACCESS_LOG: 'true',
      ...withPolicy({ uploadPacePolicy: { windowMs: 1500 } }),
    });
    nginx = await Nginx.start(hostOf(service), {
      'site.conf': { 'https://app.your-domain': 'https://app.example.com' },
    });
    slow = { head: slowHead(), body: slowBody() };
  });
  afterAll(async () => {
    await nginx.stop();
    await service.discard();
  });

  const visitor = (): TlsVisitor => new TlsVisitor(nginx);
  async function slowHead(): Promise<number> {
    const socket = await visitor().connection();
    const start = performance.now();
    socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    const sender = setInterval(() => socket.write('x'), 500);
    await untilClosed(socket);
    clearInterval(sender);
    return performance.now() - start;
  }
  async function slowBody(): Promise<{ ms: number; answer: TlsAnswer }> {
    const start = performance.now();
    const answer = await visitor().raw(
      'POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    return { ms: performance.now() - start, answer };
  }
  /** Whether the service had this request: its access log keeps the order, so a later one is waited for. */
  const reached = async (answer: TlsAnswer): Promise<boolean> => {
    const id = valuesOf(answer, 'x-request-id')[0];
    const has = (wanted: unknown): boolean =>
      service.lines().some((line) => line['request_id'] === wanted && line.msg === 'ACCESS');
    const later = (await service.visitor().call('/api/v1/models')).headers['x-request-id'];
    await until(() => has(id) || has(later), 'the line of a later request');
    return has(id);
  };

  describe('over TLS', () => {
    const version = (wanted: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3', ciphers = 'DEFAULT'): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connectTls(
          {
            host: '127.0.0.1',
            port: nginx.tlsPort,
            ca: nginx.ca,
            servername: 'localhost',
            minVersion: wanted,
            maxVersion: wanted,
            // What this side would refuse by itself, OpenSSL being careful, must be refused by the other.
            ciphers: `${ciphers}:@SECLEVEL=0`,
          },
          () => {
            resolve(`${socket.getProtocol() ?? ''} ${socket.getCipher().name}`);
            socket.destroy();
          },
        ).once('error', reject);
      });

    it('speaks 1.2 and 1.3 with forward secrecy, and refuses 1.1', async () => {
      expect(await version('TLSv1.2')).toMatch(/^TLSv1\.2 ECDHE-.*(GCM|CHACHA20)/);
      expect(await version('TLSv1.3')).toMatch(/^TLSv1\.3 TLS_/);
      await expect(version('TLSv1.1')).rejects.toThrow(/alert protocol version/);
    });

    it('refuses ciphers of 1.2 that do not authenticate what they encrypt', async () => {
      await expect(version('TLSv1.2', 'ECDHE-ECDSA-AES128-SHA')).rejects.toThrow(/handshake failure/);
    });

    it.each(['/health', '/api/v1/models', '/api/v1/auth/me', '/nowhere'])(
      'answers %s with each header of the service once, HSTS among them, and no version of nginx',
      async (path) => {
        const answer = await visitor().call(path);
        expect(await reached(answer)).toBe(true);
        expect(valuesOf(answer, 'strict-transport-security')).toEqual([hsts]);
        for (const [name, value] of Object.entries(securityHeaders()))
          expect([name, valuesOf(answer, name)]).toEqual([name, [value]]);
        expect(valuesOf(answer, 'x-request-id')).toHaveLength(1);
        expect(valuesOf(answer, 'server')).toEqual(['nginx']);
      },
    );

    it('speaks HTTP/2', async () => {
      const session = connectHttp2(`https://localhost:${nginx.tlsPort}`, { ca: nginx.ca });
      try {
        const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
          session.once('error', reject);
          const stream = session.request({ ':path': '/health' });
          stream.once('error', reject).once('response', resolve).resume();
        });
        expect(session.alpnProtocol).toBe('h2');
        expect([headers[':status'], headers['strict-transport-security']]).toEqual([200, hsts]);
      } finally {
        session.destroy();
      }
    });
  });

  describe('in the clear', () => {
    it('redirects by 308 to the public host, whatever the Host says, and passes nothing on', async () => {
      const text =
        'POST /api/v1/auth/login?to=1 HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}';
      const answer = await plain(nginx.plainPort, text);
      expect([answer.status, valuesOf(answer, 'location')]).toEqual([
        308,
        [`https://localhost:${nginx.tlsPort}/api/v1/auth/login?to=1`],
      ]);
      expect(valuesOf(answer, 'strict-transport-security')).toEqual([]);
      expect(await reached(answer)).toBe(false);
    });

    it('refuses a token, which has been read, instead of redirecting it', async () => {
      const text =
        'GET /api/v1/auth/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n';
      const answer = await plain(nginx.plainPort, text);
      expectOwnError(answer, 'https_required', false);
      expect(await reached(answer)).toBe(false);
    });

    it('refuses what comes to the port of TLS', async () => {
      const answer = await plain(nginx.tlsPort, 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
      expectOwnError(answer, 'https_required', false);
      expect(await reached(answer)).toBe(false);
    });
  });

  describe('the address of the client', () => {
    const forged = '203.0.113.66';
    it.each([
      ['x-forwarded-for', forged],
      ['x-forwarded-for', `${forged}, 127.0.0.1`],
      ['x-real-ip', forged],
      ['forwarded', `for=${forged}`],
    ])('is that of the connection, whatever %s: %s says', async (name, value) => {
      const who = visitor();
      const answer = await who.call('/api/v1/auth/me', {
        token: 'invalid-token',
        headers: { [name]: value },
      });
      const lines = await service.linesOf(valuesOf(answer, 'x-request-id')[0]);
      expect(answer.status).toBe(401);
      expect(lines.map((line) => line['source_ip'])).toEqual([who.address]);
      expect(JSON.stringify(lines)).not.toContain(forged);
    });

    it('is that of the connection even where that is one of the trusted proxies', async () => {
      const who = new TlsVisitor(nginx, '127.0.0.1');
      const headers = { 'x-forwarded-for': forged };
      const answer = await who.call('/api/v1/auth/me', { token: 'invalid-token', headers });
      const lines = await service.linesOf(valuesOf(answer, 'x-request-id')[0]);
      expect(lines.map((line) => line['source_ip'])).toEqual(['127.0.0.1']);
    });
  });

  describe('a stream of events', () => {
    it('comes event by event, not at its end', async () => {
      const { token } = await signUp(service);
      const who = visitor();
      const made = await who.call('/api/v1/generations', {
        token,
        body: { model_id: 'velro/canvas', prompt: 'a lighthouse over a violet sea' },
      });
      expect(made.status).toBe(202);
      const path = `/api/v1/generations/${String(made.json?.id)}/events`;
      const order: string[] = [];
      const direct = service.visitor().events(path, token, (event) => {
        order.push(`service ${event}`);
        return event === 'completed';
      });
      let text = '';
      const through = who.events(path, token, (part) => {
        order.push('proxy');
        text += part;
      });
      await Promise.all([direct, through]);
      expect(text).toContain('event: completed');
      expect(order.indexOf('proxy')).toBeLessThan(order.indexOf('service completed'));
    });

    it('comes as the service writes it, from a server that waits until the first part has arrived', async () => {
      let arrived = false;
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => {
          socket.write(
            'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Accel-Buffering: no\r\nConnection: close\r\n\r\ndata: 1\n\n',
          );
          const look = setInterval(() => {
            if (!arrived) return;
            clearInterval(look);
            socket.end('data: 2\n\n');
          }, 10);
          socket.once('close', () => {
            clearInterval(look);
          });
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const other = await Nginx.start(`127.0.0.1:${(server.address() as AddressInfo).port}`);
      try {
        let text = '';
        const read = new TlsVisitor(other).events('/api/v1/chat', 'x', (part) => {
          text += part;
          arrived = text.includes('data: 1');
        });
        await Promise.race([read, pause(20_000, null, { ref: false })]);
        expect(text).toBe('data: 1\n\ndata: 2\n\n');
      } finally {
        await other.stop();
        await new Promise((resolve) => server.close(resolve));
      }
    });
  });

  describe('a body', () => {
    it('of more than the service takes is refused by the service, up to what the proxy passes on', async () => {
      const answer = await visitor().call('/api/v1/auth/login', {
        headers: { 'content-type': 'application/json' },
        body: { email: 'a'.repeat(100 * 1024) },
      });
      expect([answer.status, answer.json?.code]).toEqual([413, 'body_too_large']);
      expect(await reached(answer)).toBe(true);
    });

    /** Says that so much comes, and sends none of it. */
    const announce = (path: string, bytes: number): Promise<TlsAnswer> =>
      visitor().raw(
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n`,
      );

    it.each([
      ['/api/v1/auth/login', 5 * megabyte + 1],
      ['/api/v1/storage/upload', 12 * megabyte + 1],
      ['/api/v1/generations', 12 * megabyte + 1],
      ['/api/v1/openai/chat/completions', 5 * megabyte + 1],
    ])('for %s of %d bytes is refused by the proxy', async (path, bytes) => {
      const answer = await announce(path, bytes);
      expectOwnError(answer, 'body_too_large', true, path);
      expect(await reached(answer)).toBe(false);
    });

    it('with a file of the largest size goes through, with a little room for the answer of the service', async () => {
      const { token } = await signUp(service);
      const bytes = 10 * megabyte;
      expect(12 * megabyte).toBeGreaterThan(bytes + multipartLimits.overhead);
      const socket = await visitor().connection();
      const boundary = 'b';
      const part = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n`;
      const end = `\r\n--${boundary}--\r\n`;
      socket.write(
        `POST /api/v1/storage/upload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n` +
          `Content-Type: multipart/form-data; boundary=${boundary}\r\nContent-Length: ${part.length + bytes + end.length}\r\n\r\n${part}`,
      );
      socket.write(Buffer.alloc(bytes, 'plain text '));
      socket.write(end);
      const answer = await untilClosed(socket);
      expect([answer.status, answer.json?.bytes]).toEqual([201, bytes]);
    });

    it('that comes too slowly is refused by the service while it comes: the proxy does not collect it', async () => {
      const { token } = await signUp(service);
      const socket = await visitor().connection();
      const answer = untilClosed(socket);
      socket.write(
        `POST /api/v1/storage/upload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n` +
          'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n' +
          '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n',
      );
      const sender = setInterval(() => socket.write('x'), 100);
      const end = setTimeout(() => socket.destroy(), 30_000);
      const answered = await answer;
      clearInterval(sender);
      clearTimeout(end);
      expect([answered.status, answered.json?.code]).toEqual([408, 'request_timeout']);
      expect(await reached(answered)).toBe(true);
    });
  });

  describe('an error of the proxy itself', () => {
    it.each([
      ['a request without a Host', 'GET / HTTP/1.1\r\n\r\n', 'bad_request'],
      ['a line that is no header', 'GET / HTTP/1.1\r\nHost: localhost\r\nno header\r\n\r\n', 'bad_request'],
      ['a version that does not exist', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n', 'bad_request'],
      [
        'an unknown transfer encoding',
        'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n',
        'bad_request',
      ],
      [
        'two lengths',
        'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
        'bad_request',
      ],
      [
        'a length and a transfer encoding',
        'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
        'bad_request',
      ],
      ['TRACE', 'TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 'method_not_allowed'],
      [
        'a path of its own',
        'GET /_proxy/bad_gateway HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
        'route_not_found',
      ],
      ['a URL of 40 KB', `GET /${'a'.repeat(40_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 'url_too_long'],
      [
        'a header of 40 KB',
        `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`,
        'headers_too_large',
      ],
    ] as const)('about %s is a problem document as the service writes them', async (_title, text, code) => {
      const answer = await visitor().raw(text);
      expectOwnError(answer, code);
      expect(await reached(answer)).toBe(false);
    });

    it('can be read by the pages that may call the service, and by no others', async () => {
      const allowed = async (origin: string): Promise<string[]> =>
        valuesOf(await visitor().call('/_proxy/x', { headers: { origin } }), 'access-control-allow-origin');
      const direct = await visitor().raw(
        'TRACE / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example.com\r\nConnection: close\r\n\r\n',
      );
      expect(valuesOf(direct, 'access-control-allow-origin')).toEqual(['https://app.example.com']);
      expect(valuesOf(direct, 'access-control-expose-headers')).toEqual(['Retry-After, X-Request-Id']);
      expect(await allowed('https://evil.example')).toEqual([]);
    });
  });

  describe('somebody slow', () => {
    it('who does not end the head of a request is cut off after ten seconds', async () => {
      const ms = await slow.head;
      expect(ms).toBeGreaterThan(9_000);
      expect(ms).toBeLessThan(20_000);
    });

    it('who stops in a body is refused by the service within half a minute', async () => {
      const { ms, answer } = await slow.body;
      expect([answer.status, answer.json?.code]).toEqual([408, 'request_timeout']);
      expect(ms).toBeLessThan(35_000);
      expect(valuesOf(answer, 'strict-transport-security')).toEqual([hsts]);
    });
  });

  describe('a flood from one address', () => {
    it('of requests is refused by the proxy, while somebody else is served', async () => {
      const [flooding, bystander] = [visitor(), visitor()];
      const answers: TlsAnswer[] = [];
      // Fewer at one time than the limit of connections refuses.
      const lane = async (): Promise<void> => {
        for (let count = 0; count < 15; count++) answers.push(await flooding.call('/health/live'));
      };
      const [other] = await Promise.all([bystander.call('/health'), ...Array.from({ length: 20 }, lane)]);
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused.length).toBeGreaterThan(20);
      for (const answer of refused) expectOwnError(answer, 'rate_limit_exceeded');
      expect(valuesOf(refused[0] ?? other, 'retry-after')).toEqual(['5']);
      expect([other.status, other.json?.status]).toEqual([200, 'healthy']);
      expect((await bystander.call('/health')).status).toBe(200);
    });

    it('of open requests is refused from the 41st on, while somebody else is served', async () => {
      const [holding, bystander] = [visitor(), visitor()];
      const open = await Promise.all(Array.from({ length: 40 }, () => holding.connection()));
      for (const socket of open)
        socket
          .on('error', () => undefined)
          .write(
            'POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n',
          );
      try {
        let refused: TlsAnswer | undefined;
        await until(async () => {
          refused = await holding.call('/health');
          return refused.status === 429;
        }, 'a refusal of the 41st');
        if (refused !== undefined) expectOwnError(refused, 'rate_limit_exceeded');
        expect((await bystander.call('/health')).status).toBe(200);
      } finally {
        for (const socket of open) socket.destroy();
      }
      expect(
        await until(async () => (await holding.call('/health')).status === 200, 'a place'),
      ).toBeDefined();
    });
  });

  it('counts an address of IPv6 by its /64, and one of IPv4 by itself', async () => {
    const port = await portBelowOutgoing();
    const shown = `server { listen 127.0.0.1:${port}; set_real_ip_from 127.0.0.1; real_ip_header X-Test; return 200 "$address_key"; }`;
    const other = await Nginx.start(hostOf(service), {
      'site.conf': { 'map "" $public_host {': `${shown}\nmap "" $public_host {` },
    });
    const keyOf = async (address: string): Promise<string> => {
      const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-test': address } });
      return Buffer.from(await answer.arrayBuffer()).toString('hex');
    };
    try {
      expect(await keyOf('2001:db8:a0a:d00::1')).toBe('20010db80a0a0d00');
      expect(await keyOf('2001:db8:a0a:d00:ffff:ffff:ffff:ff0a')).toBe('20010db80a0a0d00');
      expect(await keyOf('2001:db8:a0a:d01::1')).toBe('20010db80a0a0d01');
      expect(await keyOf('203.0.113.10')).toBe('cb00710a');
    } finally {
      await other.stop();
    }
  });

  it('writes a line of JSON for each request, with the id of the service, and neither path nor query nor address', async () => {
    const who = visitor();
    const answer = await who.call('/api/v1/models?secret=canary', { token: 'canary' });
    const id = valuesOf(answer, 'x-request-id')[0] ?? '';
    await until(() => nginx.log.includes(id), 'the line of the request');
    const line = nginx.log.split('\n').find((one) => one.includes(id)) ?? '';
    expect(JSON.parse(line)).toMatchObject({ msg: 'PROXY', method: 'GET', status: String(answer.status) });
    for (const text of ['canary', 'models', who.address]) expect(nginx.log).not.toContain(text);
  });
});

describe('the errors of nginx in deploy/nginx', () => {
  const text = readFileSync(join(projectRoot, 'deploy/nginx/snippets/problems.conf'), 'utf8');
  const pages = [
    ...text.matchAll(/location = \/_proxy\/(openai\/)?(\w+) \{[^}]*?return (\d+) '(.*)';\n\}/g),
  ].map(([, openai, code = '', status = '', body = '']) => ({ openai, code, status, body }));

  it.each(pages)('have the words of the catalogue: $code ($status)', ({ openai, code, status, body }) => {
    expect(Object.keys(catalogue)).toContain(code);
    const url = openai === undefined ? '/' : '/api/v1/openai/models';
    const wanted = errorAnswer(new Problem(code as ProblemCode), { id: '$problem_id', url });
    expect([Number(status), body]).toEqual([wanted.status, wanted.body]);
  });

  it('are all pages that an error leads to', () => {
    const main = readFileSync(join(projectRoot, 'deploy/nginx/nginx.conf'), 'utf8');
    const named = [...`${text}${main}`.matchAll(/error_page [\d =]+ \/_proxy\/([\w/]+);/g)].map(
      ([, page]) => page,
    );
    const there = pages.map(({ openai = '', code }) => `${openai}${code}`);
    expect(there.length).toBeGreaterThan(10);
    expect([...new Set(named)].sort()).toEqual(there.sort());
  });
});

(withoutProxy ? describe.skip : describe)('nginx before a service', () => {
  const sockets = new Set<Socket>();
  let silent: ReturnType<typeof createServer>;
  let nginx: Nginx;
  beforeAll(async () => {
    silent = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    nginx = await Nginx.start(`127.0.0.1:${(silent.address() as AddressInfo).port}`, {
      'snippets/service.conf': { 'proxy_read_timeout 200s;': 'proxy_read_timeout 1s;' },
    });
  });
  afterAll(async () => {
    await nginx.stop();
  });

  const paths = ['/api/v1/models', '/api/v1/openai/models'];

  it.each(paths)('that does not answer says so in time: %s', async (path) => {
    const answer = await new TlsVisitor(nginx).call(path);
    expectOwnError(answer, 'gateway_timeout', true, path);
  });

  it('that is down says so, and serves again as soon as it is back', async () => {
    const { port } = silent.address() as AddressInfo;
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
    for (const path of paths) {
      const answer = await new TlsVisitor(nginx).call(path);
      expectOwnError(answer, 'bad_gateway', true, path);
      expect(valuesOf(answer, 'retry-after')).toEqual(['2']);
    }
    const again = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', () => socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n'));
    });
    await new Promise<void>((resolve) => again.listen(port, '127.0.0.1', resolve));
    expect((await new TlsVisitor(nginx).call('/health')).status).toBe(204);
    await new Promise((resolve) => again.close(resolve));
  });
});
