import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KeptConnections, readAtMost, sendOnce } from './single-request.js';

/** Longer than any test here; and shorter than the sleep between two requests. */
const [long, short] = [600_000, 20];

describe('kept connections', () => {
  let server: Server;
  let sockets: Socket[];
  /** Whether a connection takes one request alone, and the next one ends it: what a server does that closed it meanwhile. */
  let isForgetful: boolean;
  beforeEach(async () => {
    [sockets, isForgetful] = [[], false];
    server = createServer((request, response) => {
      const isSecond = sockets.includes(request.socket);
      sockets.push(request.socket);
      if (isSecond && isForgetful) request.socket.resetAndDestroy();
      else response.end('answer');
    });
    server.keepAliveTimeout = long;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const ask = async (kept: KeptConnections): Promise<string> => {
    const answer = await sendOnce({
      peer: 'language model',
      url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
      method: 'POST',
      headers: {},
      body: '{}',
      signal: new AbortController().signal,
      connectTimeoutMs: long,
      kept,
    });
    return (await readAtMost(answer, 100)).toString();
  };

  it('carry the next request while they were idle for less than that', async () => {
    const kept = new KeptConnections(long);
    await ask(kept);
    await sleep(short * 2);
    await ask(kept);
    expect(new Set(sockets).size).toBe(1);
  });

  it('carry none after that, so that a server which closed them loses no request', async () => {
    const kept = new KeptConnections(short);
    isForgetful = true;
    await ask(kept);
    await sleep(short * 2);
    expect(await ask(kept)).toBe('answer');
    expect(new Set(sockets).size).toBe(2);
  });

  it('carry none after that even where no timer came in between', async () => {
    const kept = new KeptConnections(short);
    isForgetful = true;
    await ask(kept);
    await sleep(0);
    const until = performance.now() + short * 2;
    while (performance.now() < until);
    expect(await ask(kept)).toBe('answer');
  });

  it('lose the request where the server closed them earlier, and say so instead of sending it twice', async () => {
    const kept = new KeptConnections(long);
    isForgetful = true;
    await ask(kept);
    await sleep(0);
    await expect(ask(kept)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(sockets).toHaveLength(2);
  });
});
