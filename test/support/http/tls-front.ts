import { readFileSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificates } from '../process/certificates.js';

/** What an edge does in front of a service that speaks plain HTTP: TLS ends here, and the client is named as Railway names it. */
export class TlsFront {
  private constructor(private readonly server: Server) {}

  /** `port`: of the service, on this machine. */
  static async start(certificates: Certificates, port: number): Promise<TlsFront> {
    const tls = { cert: readFileSync(certificates.certificate), key: readFileSync(certificates.key) };
    const server = createServer({ ...tls, minVersion: 'TLSv1.2' }, (incoming, outgoing) => {
      const { method, url, headers, socket } = incoming;
      const named = { ...headers, 'x-forwarded-proto': 'https', 'x-real-ip': socket.remoteAddress ?? '' };
      const onward = forward(
        { host: '127.0.0.1', port, path: url ?? '/', method: method ?? 'GET', headers: named },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.on('error', () => {
        if (!outgoing.headersSent) outgoing.writeHead(502);
        outgoing.end();
      });
      incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new TlsFront(server);
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
