import { parentPort, workerData } from 'node:worker_threads';
import type { Socket } from 'node:net';
import pg from 'pg';

/** Answers are written behind two numbers: whether one is there, and its length. */
interface Shared {
  readonly url: string;
  readonly memory: SharedArrayBuffer;
}

const { url, memory } = workerData as Shared;
const flags = new Int32Array(memory, 0, 2);
const answers = new Uint8Array(memory, 8);
const client = new pg.Client({ connectionString: url });
client.on('error', () => undefined);
await client.connect();
const { rows } = await client.query<{ server_version: string }>('show server_version');
const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
stream.removeAllListeners('data');

function answer(bytes: Buffer): void {
  answers.set(bytes);
  flags[1] = bytes.length;
  Atomics.store(flags, 0, 1);
  Atomics.notify(flags, 0);
}

let taken = Buffer.alloc(0);
/** Whether all of it are messages, and the last one says that the server is ready. */
function isWhole(): boolean {
  let [at, type] = [0, 0];
  while (at + 5 <= taken.length) {
    type = taken.readUInt8(at);
    at += 1 + taken.readInt32BE(at + 1);
  }
  return at === taken.length && type === 0x5a;
}
stream.on('data', (data: Buffer) => {
  taken = Buffer.concat([taken, data]);
  if (!isWhole()) return;
  answer(taken);
  taken = Buffer.alloc(0);
});

function message(type: string, body: Buffer | string): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(Buffer.byteLength(body) + 4, 1);
  return Buffer.concat([head, Buffer.from(body)]);
}
const parameters = {
  server_version: rows[0]?.server_version ?? '',
  client_encoding: 'UTF8',
  server_encoding: 'UTF8',
  standard_conforming_strings: 'on',
  integer_datetimes: 'on',
};
const welcome = Buffer.concat([
  message('R', Buffer.alloc(4)),
  ...Object.entries(parameters).map(([name, value]) => message('S', `${name}\0${value}\0`)),
  message('K', Buffer.alloc(8)),
  message('Z', 'I'),
]);

const startOf3 = 196_608;
parentPort?.on('message', (sent: Uint8Array) => {
  const bytes = Buffer.from(sent);
  if (bytes.length > 8 && bytes.readInt32BE(4) === startOf3) answer(welcome);
  // The end of the program is none of the connection's.
  else if (bytes[0] === 0x58) answer(Buffer.alloc(0));
  else stream.write(bytes);
});
parentPort?.postMessage('connected');
