import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Knows when the server stops, and lets go then of connections on which nobody has asked anything yet. */
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

  /** From here on requests on open connections are refused, and their clients told to come back. */
  get hasBegun(): boolean {
    return this.begun;
  }
}
