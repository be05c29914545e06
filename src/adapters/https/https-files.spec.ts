import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MediaServer } from '../../../test/support/http/media-server.js';
import { troubleOf } from '../../../test/support/generations/remote-trouble.js';
import { RemoteFileError, type RemoteFileTrouble } from '../../ports/remote-files.js';
import { HttpsFiles } from './https-files.js';

const timeoutMs = 20_000;
const body = randomBytes(300_000);

async function readAll(files: HttpsFiles, url: string, hosts: readonly string[], maxBytes = 1_000_000) {
  const file = await files.open(url, { hosts, maxBytes, timeoutMs });
  return buffer(file.stream);
}

const answers: Record<string, (response: ServerResponse) => void> = {
  '/whole': (response) =>
    response.writeHead(200, { 'content-type': 'image/png', 'content-length': body.length }).end(body),
  '/chunked': (response) => response.writeHead(200).end(body),
  '/chunked-endless': (response) => {
    response.writeHead(200);
    const more = (): void => {
      while (response.write(body));
      response.once('drain', more);
    };
    more();
  },
  '/redirect': (response) => response.writeHead(302, { location: '/whole' }).end(),
  '/redirect-inwards': (response) => response.writeHead(307, { location: 'http://169.254.169.254/' }).end(),
  '/not-modified': (response) => response.writeHead(304).end(),
  '/gone': (response) => response.writeHead(410).end('gone'),
  '/absent': (response) => response.writeHead(404).end('absent'),
  '/forbidden': (response) => response.writeHead(403).end('forbidden'),
  '/empty-status': (response) => response.writeHead(204).end(),
  '/part': (response) => response.writeHead(206, { 'content-length': 10 }).end('0123456789'),
  '/busy': (response) => response.writeHead(429).end('later'),
  '/broken': (response) => response.writeHead(500).end('broken'),
  '/gzip': (response) =>
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': 3 }).end('abc'),
  '/gzip-transfer': (response) =>
    response.socket?.end('HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'),
  '/identity': (response) =>
    response.writeHead(200, { 'content-encoding': 'identity', 'content-length': 3 }).end('abc'),
  '/short': (response) =>
    response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n${'x'.repeat(900)}`),
  '/short-chunk': (response) =>
    response.socket?.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e8\r\nxxx'),
  '/no-last-chunk': (response) =>
    response.socket?.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nxxx\r\n'),
  '/no-length': (response) => response.socket?.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc'),
  '/two-lengths': (response) =>
    response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd'),
  '/length-and-chunks': (response) =>
    response.socket?.end(
      'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n',
    ),
  '/no-http': (response) => response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n'),
  '/upgrade': (response) =>
    response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  '/long-headers': (response) => response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end('abc'),
  '/reset': (response) => response.socket?.resetAndDestroy(),
  '/cookie': (response) => response.writeHead(200, { 'set-cookie': 'a=b', 'content-length': 3 }).end('abc'),
  '/silent': () => undefined,
  '/stuck': (response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('x');
  },
};
const listener: RequestListener = (request, response) => {
  answers[request.url ?? '']?.(response);
};

describe('a file of another server', () => {
  let server: MediaServer;
  const files = new HttpsFiles();
  beforeAll(async () => {
    server = await MediaServer.start(listener);
  });
  afterAll(async () => {
    await server.stop();
  });
  const open = (path: string, rules: { maxBytes?: number; timeoutMs?: number; signal?: AbortSignal } = {}) =>
    files.open(server.url(path), { hosts: [server.host], maxBytes: 1_000_000, timeoutMs, ...rules });

  it('is fetched byte for byte, with its declared type and length', async () => {
    const file = await open('/whole');
    expect([file.contentType, file.bytes]).toEqual(['image/png', body.length]);
    expect((await buffer(file.stream)).equals(body)).toBe(true);
  });

  it('is fetched in chunks of unknown total length as well', async () => {
    const file = await open('/chunked');
    expect([file.contentType, file.bytes]).toEqual([null, null]);
    expect((await buffer(file.stream)).equals(body)).toBe(true);
  });

  it.each<[string, RemoteFileTrouble]>([
    ['/redirect', 'refused'],
    ['/redirect-inwards', 'refused'],
    ['/not-modified', 'refused'],
    ['/gone', 'missing'],
    ['/absent', 'missing'],
    ['/forbidden', 'missing'],
    ['/empty-status', 'missing'],
    ['/part', 'missing'],
    ['/busy', 'unreachable'],
    ['/broken', 'unreachable'],
    ['/gzip', 'refused'],
    ['/gzip-transfer', 'refused'],
    ['/no-length', 'refused'],
    ['/short', 'unreachable'],
    ['/short-chunk', 'unreachable'],
    ['/no-last-chunk', 'unreachable'],
    ['/two-lengths', 'unreachable'],
    ['/length-and-chunks', 'unreachable'],
    ['/no-http', 'unreachable'],
    ['/upgrade', 'unreachable'],
    ['/long-headers', 'unreachable'],
    ['/reset', 'unreachable'],
  ])('with the response %p is %p, and no body is read', async (path, trouble) => {
    expect(await troubleOf(readAll(files, server.url(path), [server.host]))).toBe(trouble);
  });

  it('with content encoding identity is accepted', async () => {
    expect((await readAll(files, server.url('/identity'), [server.host])).toString()).toBe('abc');
  });

  it('with a larger declared length than allowed is not read', async () => {
    expect(await troubleOf(open('/whole', { maxBytes: body.length - 1 }))).toBe('too_large');
    expect((await buffer((await open('/whole', { maxBytes: body.length })).stream)).length).toBe(body.length);
  });

  it('with a larger body than allowed is cut off at the limit', async () => {
    const file = await open('/chunked-endless', { maxBytes: 1_000_000 });
    let bytes = 0;
    const reading = (async () => {
      for await (const part of file.stream as AsyncIterable<Buffer>) bytes += part.length;
    })();
    expect(await troubleOf(reading)).toBe('too_large');
    expect(bytes).toBeLessThanOrEqual(1_000_000);
  });

  it.each(['/silent', '/stuck'])('with a server that hangs at %p ends with the timeout', async (path) => {
    const attempt = open(path, { timeoutMs: 300 }).then((file) => buffer(file.stream));
    expect(await troubleOf(attempt)).toBe('unreachable');
  });

  it.each(['/silent', '/stuck'])(
    'with a server that hangs at %p ends when the caller aborts',
    async (path) => {
      const caller = new AbortController();
      const attempt = open(path, { signal: caller.signal }).then((file) => buffer(file.stream));
      setTimeout(() => {
        caller.abort();
      }, 100);
      expect(await troubleOf(attempt)).toBe('unreachable');
      expect(await troubleOf(open('/whole', { signal: caller.signal }))).toBe('unreachable');
    },
  );

  it('with an unread body closes its connection at the timeout', async () => {
    const file = await open('/chunked-endless', { timeoutMs: 300 });
    const [error] = (await once(file.stream, 'error').catch((reason: unknown) => [reason])) as [unknown];
    expect(error).toBeInstanceOf(RemoteFileError);
    expect(file.stream.destroyed).toBe(true);
  });

  it('is requested without cookie, proxy, shared connection or compression', async () => {
    process.env['HTTP_PROXY'] = process.env['http_proxy'] = 'http://127.0.0.1:1';
    process.env['NODE_USE_ENV_PROXY'] = '1';
    const before = { asked: server.asked.length, connections: server.connections };
    await readAll(files, server.url('/cookie'), [server.host]);
    await readAll(files, server.url('/cookie'), [server.host]);
    for (const name of ['HTTP_PROXY', 'http_proxy', 'NODE_USE_ENV_PROXY'])
      Reflect.deleteProperty(process.env, name);
    expect(server.connections - before.connections).toBe(2);
    for (const { headers } of server.asked.slice(before.asked)) {
      expect(headers).toEqual({
        accept: '*/*',
        'accept-encoding': 'identity',
        connection: 'close',
        host: server.host,
        'user-agent': 'velro',
      });
    }
  });

  it('on a closed port is unreachable', async () => {
    const gone = await MediaServer.start(listener);
    await gone.stop();
    expect(
      await troubleOf(files.open(gone.url('/whole'), { hosts: [gone.host], maxBytes: 1, timeoutMs })),
    ).toBe('unreachable');
  });
});
