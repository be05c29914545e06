import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { audit } from '../support/services/security-audit.js';

describe('security:audit of what is no instance', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  const answering = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  };

  it.each<[string, RequestListener, RegExp]>([
    ['another service', (_, answer) => answer.end('{"status":"ok"}'), /is no Velro/],
    [
      'a redirect',
      (_, answer) => answer.writeHead(301, { location: 'https://x.example/' }).end(),
      /redirects to https:\/\/x\.example/,
    ],
    [
      'an answer without end',
      (_, answer) => {
        const more = (): void => {
          while (answer.write(Buffer.alloc(64 * 1024)));
          answer.once('drain', more);
        };
        more();
      },
      /is no Velro/,
    ],
    ['a connection that breaks', (_, answer) => answer.destroy(), /does not answer/],
    [
      'a switch to another protocol',
      (_, answer) => {
        answer.socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
      },
      /does not answer/,
    ],
  ])('says of %s what it is, with exit code 2', async (_, listener, said) => {
    const { code, stdout, stderr } = await audit(await answering(listener));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
  });

  it('gives up on one that never answers, with exit code 2', async () => {
    const { code, stderr } = await audit(await answering(() => undefined));
    expect([code, stderr]).toEqual([2, expect.stringContaining('does not answer')]);
  });

  it.each([[[]], [['--json', '--sarif']], [['--record']], [['--nonsense']]])(
    'refuses the arguments %j with exit code 2 and the usage',
    async (args) => {
      const url = args.length === 0 ? 'ftp://x.example' : 'http://127.0.0.1:1';
      const { code, stderr } = await audit(url, args);
      expect([code, stderr]).toEqual([2, expect.stringContaining('usage: npm run security:audit')]);
    },
  );
});
