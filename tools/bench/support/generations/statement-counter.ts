// A TCP proxy in front of PostgreSQL that records the statements of its clients (wire protocol version 3).
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

export interface StatementCounter {
  /** The port of the proxy on 127.0.0.1. */
  readonly port: number;
  /** Returns and clears the recorded SQL texts; each is one round trip. */
  take(): string[];
  close(): void;
}

/** Starts a proxy to the database at 127.0.0.1:`port`. */
export async function countStatements(port: number): Promise<StatementCounter> {
  let asked: string[] = [];
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    const note = reader((text) => {
      asked.push(text);
    });
    near.on('data', note);
    near.pipe(far).pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      const end = (): void => void other.destroy();
      one.on('error', end).on('close', end);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    take() {
      const taken = asked;
      asked = [];
      return taken;
    },
    close() {
      server.close();
    },
  };
}

/** Parses the messages of one connection: `Query` is a round trip, and so is `Sync`, which ends a prepared statement's messages. */
function reader(onRoundTrip: (text: string) => void): (part: Buffer) => void {
  let held = Buffer.alloc(0);
  let [isStarted, prepared] = [false, ''];
  return (part) => {
    held = Buffer.concat([held, part]);
    for (;;) {
      // The startup message has no type byte.
      const head = isStarted ? 1 : 0;
      if (held.length < head + 4) return;
      const end = head + held.readUInt32BE(head);
      if (held.length < end) return;
      const [type, body] = [isStarted ? held.toString('latin1', 0, 1) : '', held.subarray(head + 4, end)];
      if (type === 'Q') onRoundTrip(textAt(body, 0));
      if (type === 'P') prepared = textAt(body, body.indexOf(0) + 1);
      if (type === 'S') onRoundTrip(prepared);
      isStarted = true;
      held = held.subarray(end);
    }
  };
}

const textAt = (body: Buffer, from: number): string => body.toString('utf8', from, body.indexOf(0, from));
