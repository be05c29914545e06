import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rawRequest, type Answer } from '../support/http/http.js';
import { Service } from '../support/process/service.js';

const allowed = 'http://localhost:5173';
const foreign = 'https://malicious-site.com';

describe('cross-origin reads', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({
      CORS_ORIGINS: allowed,
      CORS_ALLOWED_HEADERS: 'X-Client-Version, TraceParent',
    });
  });
  afterAll(async () => {
    await service.discard();
  });

  const preflight = async (origin: string): Promise<Answer> =>
    service.visitor().call('/api/v1/auth/login', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });

  it('a preflight allows our headers, those of tracing and of clients of OpenAI, and the configured ones, each once', async () => {
    const { status, headers } = await preflight(allowed);
    const names = String(headers['access-control-allow-headers']).split(', ');
    expect([status, names.sort((one, other) => one.localeCompare(other))]).toEqual([
      204,
      [
        ...['Authorization', 'baggage', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID', 'sentry-trace'],
        ...[
          'traceparent',
          'tracestate',
          'Tus-Resumable',
          'Upload-Length',
          'Upload-Metadata',
          'Upload-Offset',
        ],
        ...['X-Client-Version', 'X-Device-Token'],
        ...['arch', 'helper-method', 'lang', 'os', 'package-version', 'retry-count', 'runtime'].map(
          (name) => `x-stainless-${name}`,
        ),
        ...['x-stainless-runtime-version', 'x-stainless-timeout'],
      ],
    ]);
  });

  it('a preflight of an origin that may not call allows nothing', async () => {
    const { status, headers } = await preflight(foreign);
    expect(status).toBe(204);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  const head = (target: string, origin: string, lines = ''): string =>
    `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: ${origin}\r\n${lines}\r\n`;
  const filler = (bytes: number): string => `X-Big: ${'a'.repeat(bytes)}\r\n`;

  it.each<[string, number, (origin: string) => string]>([
    ['headers too large', 431, (origin) => head('/health', origin, filler(20_000))],
    ['headers too large for the parser', 431, (origin) => head('/health', origin, filler(40_000))],
    ['a URL too long', 414, (origin) => head(`/${'a'.repeat(5000)}`, origin)],
    ['a bad percent sign', 400, (origin) => head('/%zz', origin)],
    ['two Hosts', 400, (origin) => head('/health', origin, 'Host: y\r\n')],
    ['two values of a parameter', 400, (origin) => head('/health?a=1&a=2', origin)],
    ['a NUL in a header', 400, (origin) => head('/health', origin, 'X-Nul: a\0b\r\n')],
    ['an expectation', 417, (origin) => head('/health', origin, 'Expect: miracles\r\n')],
    ['CONNECT', 405, (origin) => `CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\nOrigin: ${origin}\r\n\r\n`],
    ['an unknown path', 404, (origin) => head('/none', origin)],
    [
      'a length and an encoding at once',
      400,
      (origin) => head('/health', origin, 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n'),
    ],
  ])(
    'the refusal of %s (%i) can be read by an origin that may call, and by no other',
    async (_title, status, bytes) => {
      const answer = await rawRequest(service.url, bytes(allowed));
      expect([answer.status, answer.headers]).toEqual([
        status,
        expect.objectContaining({
          'access-control-allow-origin': allowed,
          'access-control-expose-headers': expect.stringContaining('X-Request-Id'),
          vary: expect.stringContaining('Origin'),
        }),
      ]);
      for (const origin of [foreign, 'null', `${allowed}.evil.com`]) {
        const refused = await rawRequest(service.url, bytes(origin));
        expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([status, undefined]);
      }
    },
  );
});
