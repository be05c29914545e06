import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

const message = (type: string, ...parts: readonly (Buffer | number)[]): Buffer => {
  const body = Buffer.concat(
    parts.map((part) => {
      if (typeof part !== 'number') return part;
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(part);
      return bytes;
    }),
  );
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const welcome = Buffer.concat([message('R', 0), message('K', 1, 2), message('Z', Buffer.from('I'))]);

/**
 * A pooler in transaction mode with one connection to the database, as PgBouncer is with `pool_mode = transaction`: whoever asks has it until its
 * transaction ends. No client is asked for a password.
 */
export class TransactionPooler {
  private turn: Promise<unknown> = Promise.resolve();
  private answering: { readonly socket: Socket; readonly done: () => void } | null = null;
  private rest = Buffer.alloc(0);

  private constructor(
    private readonly server: Server,
    private readonly backend: Socket,
    readonly url: string,
  ) {}

  static async start(connectionString: string): Promise<TransactionPooler> {
    const database = new pg.Client({ connectionString });
    database.on('error', () => undefined);
    await database.connect();
    const { stream } = (database as unknown as { connection: { stream: Socket } }).connection;
    stream.removeAllListeners('data');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(connectionString);
    url.port = String((server.address() as AddressInfo).port);
    const pooler = new TransactionPooler(server, stream, url.href);
    stream.on('data', (data: Buffer) => {
      pooler.take(data);
    });
    server.on('connection', (socket) => {
      pooler.serve(socket);
    });
    return pooler;
  }

  async stop(): Promise<void> {
    this.backend.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket): void {
    let isWelcomed = false;
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      if (!isWelcomed) {
        isWelcomed = true;
        socket.write(welcome);
        return;
      }
      // The end of a client is none of the connection's.
      if (data[0] === 0x58) socket.end();
      else if (this.answering?.socket === socket) this.backend.write(data);
      else
        this.turn = this.turn.then(
          () =>
            new Promise<void>((done) => {
              this.answering = { socket, done };
              this.backend.write(data);
            }),
        );
    });
  }

  private take(data: Buffer): void {
    this.answering?.socket.write(data);
    this.rest = Buffer.concat([this.rest, data]);
    for (;;) {
      if (this.rest.length < 5 || this.rest.length < 1 + this.rest.readInt32BE(1)) return;
      const end = 1 + this.rest.readInt32BE(1);
      const isIdle = this.rest[0] === 0x5a && this.rest[5] === 0x49;
      this.rest = this.rest.subarray(end);
      if (!isIdle) continue;
      const { done } = this.answering ?? {};
      this.answering = null;
      done?.();
    }
  }
}
