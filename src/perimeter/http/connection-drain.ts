import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Tracks shutdown, and closes then the connections without a request. */
export class ConnectionDrain {
  private readonly unused = new Set<Socket>();
  private begun = false;

  constructor(server: FastifyInstance) {
    server.server.on('connection', (socket: Socket) => {
      this.unused.add(socket);
      socket.once('close', () => this.unused.delete(socket));
    });
    server.server.on('request', ({ socket }) => this.unused.delete(socket));
    server.addHook('preClose', (done) => {
      this.begun = true;
      for (const socket of this.unused) socket.destroy();
      done();
    });
  }

  /** From here on requests on open connections are refused, and with 503, and clients retry. */
  get hasBegun(): boolean {
    return this.begun;
  }
}
