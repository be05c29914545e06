import { createServer, type Server, type Socket } from 'node:net';

/** What a server does with a connection that speaks INSTREAM. `received`: every byte of it, as it comes. */
export type Conduct = (socket: Socket, received: () => Buffer) => void;

/** A server in the place of clamd that behaves as a test says. */
export class HostileScanner {
  connections = 0;
  conduct: Conduct = () => undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<HostileScanner> {
    const server = createServer();
    const scanner = new HostileScanner(server);
    server.on('connection', (socket) => {
      scanner.connections += 1;
      scanner.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => scanner.sockets.delete(socket));
      scanner.conduct(socket, collecting(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return scanner;
  }

  get address(): string {
    const address = this.server.address();
    return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Asked at every piece that comes: what came before is not copied each time. */
function collecting(socket: Socket): () => Buffer {
  let bytes = Buffer.alloc(65_536);
  let length = 0;
  socket.on('data', (part: Buffer) => {
    if (length + part.length > bytes.length) bytes = Buffer.concat([bytes], 2 * (length + part.length));
    length += part.copy(bytes, length);
  });
  return () => bytes.subarray(0, length);
}

/** Answers when the whole file has come. */
export const answering =
  (answer: string): Conduct =>
  (socket, received) => {
    socket.on('data', () => {
      if (received().subarray(-4).equals(Buffer.alloc(4))) socket.end(answer);
    });
  };
