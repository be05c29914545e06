import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Secret } from '../../../config/values/secret.js';
import { DroppedConnections } from '../../../test/support/http/dropped-connections.js';
import { SendFailed } from '../../ports/delivery/messaging-channel.js';
import { sendOnce } from '../https/single-request.js';
import { GraphApi } from './graph-api.js';

const [pageAccessToken, appSecret] = [new Secret('EAAtoken'), new Secret('ab'.repeat(16))];
const times = { sendTimeoutMs: 5000, connectTimeoutMs: 300 };

describe('a call of the Graph API', () => {
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });

  /** What came is kept; `react` says what is done then. */
  const listen = async (react: (socket: Socket) => void) => {
    const received: string[] = [];
    const server: Server = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .on('data', (part) => {
          received.push(part.toString('latin1'));
          react(socket);
        });
      stops.push(() => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(() => server.close());
    return { port: (server.address() as AddressInfo).port, received };
  };
  const failureOf = async (graphUrl: string, more = times): Promise<string> => {
    const graph = new GraphApi({ accessToken: pageAccessToken, graphUrl }, appSecret, more);
    const failed: unknown = await graph
      .asPage({ method: 'POST', path: 'me/messages', body: { text: 'canary' }, signal: null })
      .catch((error: unknown) => error);
    return failed instanceof SendFailed ? failed.failure : 'none';
  };

  (process.platform === 'linux' ? it : it.skip)(
    'whose connection is dropped without an answer was not sent, and has not used up its time',
    async () => {
      const dropped = await DroppedConnections.start();
      stops.push(() => {
        dropped.stop();
      });
      expect(await failureOf(`http://127.0.0.1:${dropped.port}`)).toBe('unreached');
      const { signal } = new AbortController();
      const url = new URL(`http://127.0.0.1:${dropped.port}`);
      const request = {
        peer: 'meta' as const,
        url,
        method: 'GET',
        headers: {},
        body: null,
        signal,
        connectTimeoutMs: 300,
      };
      await expect(sendOnce(request)).rejects.toMatchObject({
        name: 'NotSent',
        cause: { message: 'the connection took too long' },
      });
    },
  );

  it('whose connection is made, but not secured, was not sent', async () => {
    const { port, received } = await listen(() => undefined);
    expect(await failureOf(`https://127.0.0.1:${port}`)).toBe('unreached');
    expect(received.join('')).not.toContain('canary');
  });

  it('whose whole time is over before there is a connection was not sent', async () => {
    const { port } = await listen(() => undefined);
    const early = { sendTimeoutMs: 300, connectTimeoutMs: 60_000 };
    expect(await failureOf(`https://127.0.0.1:${port}`, early)).toBe('unreached');
  });

  it('that nobody listens to was not sent', async () => {
    const { port } = await listen(() => undefined);
    for (const stop of stops.splice(0)) stop();
    expect(await failureOf(`http://127.0.0.1:${port}`)).toBe('unreached');
  });

  it.each<[string, (socket: Socket) => void]>([
    ['that is not answered', () => undefined],
    ['that is broken off', (socket) => socket.destroy()],
    ['that is answered by no HTTP', (socket) => socket.end('nonsense\r\n\r\n')],
  ])('%s once it was written may have arrived', async (_what, react) => {
    const { port, received } = await listen(react);
    const short = { sendTimeoutMs: 700, connectTimeoutMs: 60_000 };
    expect(await failureOf(`http://127.0.0.1:${port}`, short)).toBe('unknown');
    expect(received.join('')).toContain('canary');
  });

  it('of which every request has a connection of its own, so that none meets the end of an earlier one', async () => {
    const answer = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';
    const { port, received } = await listen((socket) => socket.write(answer));
    for (let call = 0; call < 3; call++) expect(await failureOf(`http://127.0.0.1:${port}`)).toBe('none');
    expect(received.filter((text) => text.toLowerCase().includes('connection: close'))).toHaveLength(3);
  });
});
