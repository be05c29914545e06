import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hardenedResponse } from './hardened-response.js';

const always = { 'x-always': 'yes', 'cache-control': 'no-store' };

/** Ways to write an answer, all that Node knows. */
const ways: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/implicit': (response) => response.end('body'),
  '/set': (response) => response.setHeader('Cache-Control', 'private').end('body'),
  '/head': (response) => response.writeHead(200, { 'Cache-Control': 'private' }).end('body'),
  '/head-reason': (response) => response.writeHead(200, 'Fine', { 'cache-control': 'private' }).end('body'),
  '/head-list': (response) => response.writeHead(200, ['Cache-Control', 'private', 'x-own', '1']).end('body'),
  '/both': (response) => {
    response.setHeader('x-own', '1');
    response.writeHead(200, { 'cache-control': 'private' }).end('body');
  },
  '/none': (response) => response.writeHead(204).end(),
  '/early': (response) => {
    response.flushHeaders();
    response.end('body');
  },
};

describe('an answer of the hardened server', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer({ ServerResponse: hardenedResponse(always) }, (request, response) => {
      ways[request.url ?? '']?.(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const linesOf = async (path: string): Promise<string[]> => {
    const { port } = server.address() as AddressInfo;
    const answer = await new Promise<IncomingMessage>((resolve, reject) =>
      get({ port, path, agent: false }, resolve).on('error', reject),
    );
    answer.resume();
    const raw = answer.rawHeaders;
    return raw.flatMap((name, at) => (at % 2 === 0 ? [`${name.toLowerCase()}: ${raw[at + 1] ?? ''}`] : []));
  };
  const cacheLines = (lines: readonly string[]): string[] =>
    lines.filter((line) => line.startsWith('cache-control'));

  it.each(Object.keys(ways))('has its headers, each once, however it is written: %s', async (path) => {
    const lines = await linesOf(path);
    expect(lines.filter((line) => line.startsWith('x-always'))).toEqual(['x-always: yes']);
    expect(cacheLines(lines)).toHaveLength(1);
  });

  it.each(['/set', '/head', '/head-reason', '/head-list', '/both'])(
    'keeps what it says itself: %s',
    async (path) => {
      expect(cacheLines(await linesOf(path))).toEqual(['cache-control: private']);
    },
  );

  it.each([{ 'x-a': 'one\r\ntwo: 2' }, { 'X A': '1' }, { 'x-a': '\u0000' }])(
    'is not made with what is no header: %j',
    (bad) => {
      expect(() => hardenedResponse(bad as never)).toThrow('not a header');
    },
  );
});
