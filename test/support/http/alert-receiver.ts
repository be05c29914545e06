import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';

type Fault = 'none' | 'error' | 'hang' | 'redirect' | 'refuse';

/** What an alert came as. */
export interface ReceivedAlert {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

/** The receiver of alerts by webhook, which can be in trouble. */
export class AlertReceiverServer {
  fault: Fault = 'none';
  readonly received: ReceivedAlert[] = [];
  private constructor(private readonly server: Server) {}

  static async start(): Promise<AlertReceiverServer> {
    const server = createServer((request, response) => {
      const { headers, url: path = '' } = request;
      if (receiver.fault === 'refuse') {
        request.socket.resetAndDestroy();
        return;
      }
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => {
        receiver.received.push({ headers, body, path });
        if (receiver.fault === 'hang') return;
        const status = { none: 204, error: 500, redirect: 302, refuse: 500 }[receiver.fault];
        response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
      });
    });
    const receiver = new AlertReceiverServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/alerts?key=canary-in-the-url`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
