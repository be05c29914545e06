import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TLSSocket } from 'node:tls';

export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The address at which the server was reached, and the name that TLS was asked for. */
  readonly address: string;
  readonly serverName: string | null;
}

/** A web server of this machine that answers as a test says, and remembers what it was asked. */
export class MediaServer {
  readonly asked: Asked[] = [];
  /** Connections, also those over which nothing was asked. */
  connections = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(
    listener: RequestListener,
    tls?: { readonly cert: Buffer; readonly key: Buffer },
  ): Promise<MediaServer> {
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const place = server.address();
    const media = new MediaServer(server, typeof place === 'object' && place !== null ? place.port : 0);
    server.on('connection', () => {
      media.connections += 1;
    });
    server.on('request', (request, response) => {
      const { servername } = request.socket as Partial<TLSSocket>;
      media.asked.push({
        path: request.url ?? '',
        headers: request.headers,
        address: request.socket.localAddress ?? '',
        serverName: typeof servername === 'string' ? servername : null,
      });
      listener(request, response);
    });
    return media;
  }

  /** `127.0.0.1:port`, as lists of hosts name it. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  url(path: string): string {
    return `http://${this.host}${path}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
