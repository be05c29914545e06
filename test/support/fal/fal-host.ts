import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { portBelowOutgoing } from '../process/free-port.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** An address on this machine whose port can be closed and opened again, and which remembers who asked for what. */
export class FalHost {
  /** Method and path with query, in their order. */
  readonly seen: string[] = [];
  private readonly sockets: Socket[] = [];
  private port = 0;
  private readonly server: Server;

  /** Closed until `accept()` is called. */
  constructor(answer: Answer) {
    this.server = createServer((request, response) => {
      this.seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
      request.on('error', () => undefined);
      response.on('error', () => undefined);
      Promise.resolve(answer(request, response)).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : undefined);
      });
    });
    this.server.on('connection', (socket) => {
      this.sockets.push(socket);
    });
  }

  /** Bytes that were ever sent. */
  get bytesSent(): number {
    return this.sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** Host and port. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Every connection is refused from now on. */
  async refuse(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  /** Connections are taken again, at the same port. */
  async accept(): Promise<void> {
    if (this.server.listening) return;
    // One that no connection of another test takes while this host refuses.
    this.port ||= await portBelowOutgoing();
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.port, '127.0.0.1', () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }
}
