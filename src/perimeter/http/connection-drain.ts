import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Shutdown } from '../../tasks/shutdown.js';

/**
 * How connections end at a shutdown. From its begin every answer says `Connection: close`, so that proxies keep none that breaks
 * under a request. Once the listener is closed, connections without a request are closed, and requests on others refused.
 */
export class ConnectionDrain {
  private readonly unused = new Set<Socket>();
  private closed = false;

  constructor(
    server: FastifyInstance,
    private readonly shutdown: Shutdown,
  ) {
    server.server.on('connection', (socket: Socket) => {
      this.unused.add(socket);
      socket.once('close', () => this.unused.delete(socket));
    });
    server.server.on('request', ({ socket }) => this.unused.delete(socket));
    server.addHook('preClose', (done) => {
      this.closed = true;
      for (const socket of this.unused) socket.destroy();
      done();
    });
  }

  get endsConnections(): boolean {
    return this.shutdown.hasBegun || this.closed;
  }

  /** From here on requests on open connections are refused, and with 503, and clients retry. */
  get isClosed(): boolean {
    return this.closed;
  }
}
