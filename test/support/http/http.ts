import { request, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { describedAnswers } from '../description/shared-answers.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
  /** The parsed body; for tests a loose shape is fine. */
  readonly json: any;
}

export interface Call {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
  /** Sent as it stands instead of `body`. */
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Every answer that a test sees is one that the API description knows. */
function asDescribed(method: string, url: string, answer: Answer): Answer {
  const path = url.startsWith('http') ? new URL(url).pathname : url;
  const faults = describedAnswers().faultsOf({ ...answer, method, path });
  if (faults.length > 0)
    throw new Error(
      `${method} ${path} answered ${answer.status} and not as docs/openapi.json says:\n${faults.join('\n')}\n${answer.text.slice(0, 500)}`,
    );
  return answer;
}

/**
 * Somebody on the other side. The whole of 127.0.0.0/8 is this machine, so each visitor may have an address, and with
 * it limits, of its own.
 */
export class Visitor {
  constructor(
    private readonly base: string,
    readonly address = randomLoopback(),
    private readonly always: Readonly<Record<string, string>> = {},
  ) {}

  call(path: string, { method, token, body, raw, headers = {} }: Call = {}): Promise<Answer> {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const options: RequestOptions = {
      method: method ?? (payload === undefined ? 'GET' : 'POST'),
      localAddress: this.address,
      agent: false,
      headers: {
        ...(payload === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...this.always,
        ...headers,
      },
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(
        path.startsWith('http') ? path : `${this.base}${path}`,
        options,
        (incoming) => {
          const parts: Buffer[] = [];
          incoming.on('data', (part: Buffer) => parts.push(part));
          incoming.on('error', reject);
          incoming.on('end', () => {
            try {
              const answer = toAnswer(incoming.statusCode ?? 0, incoming.headers, Buffer.concat(parts));
              resolve(asDescribed(options.method ?? 'GET', path, answer));
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          });
        },
      );
      outgoing.setTimeout(30_000, () => outgoing.destroy(new Error('no answer')));
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // A server that refuses a large body closes while it is still being written; its answer is already under way.
        if (error.code === 'EPIPE') setTimeout(reject, 1000, error);
        else reject(error);
      });
      outgoing.end(payload);
    });
  }

  /** Sends a request and breaks the connection before the answer; resolves once it is closed. */
  abandon(path: string, token: string): Promise<void> {
    return new Promise((resolve) => {
      const outgoing = request(`${this.base}${path}`, {
        localAddress: this.address,
        agent: false,
        headers: { authorization: `Bearer ${token}` },
      });
      outgoing
        .on('error', () => undefined)
        .once('close', () => {
          resolve();
        });
      outgoing.end(() => {
        setImmediate(() => outgoing.destroy());
      });
    });
  }

  /** Reads a stream of server-sent events until it ends or `until` says so. */
  events(
    path: string,
    token: string,
    until: (event: string, data: any) => boolean = () => false,
    headers: Record<string, string> = {},
  ): Promise<{ event: string; id: number; data: any }[]> {
    return new Promise((resolve, reject) => {
      const seen: { event: string; id: number; data: unknown }[] = [];
      const outgoing = request(
        `${this.base}${path}`,
        {
          localAddress: this.address,
          agent: false,
          headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers },
        },
        (incoming) => {
          let text = '';
          if (incoming.statusCode !== 200)
            reject(new Error(`the stream answered ${String(incoming.statusCode)}`));
          incoming.setEncoding('utf8');
          incoming.on('data', (part: string) => {
            text += part;
            for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
              const fields = new Map(
                text
                  .slice(0, end)
                  .split('\n')
                  .map((line): [string, string] => [
                    line.slice(0, line.indexOf(':')),
                    line.slice(line.indexOf(':') + 2),
                  ]),
              );
              text = text.slice(end + 2);
              const event = fields.get('event');
              if (event === undefined) continue;
              const data: unknown = JSON.parse(fields.get('data') ?? 'null');
              const faults = describedAnswers().faultsOfEvent(path, { event, id: fields.get('id'), data });
              if (faults.length > 0) reject(new Error(`an event of ${path}: ${faults.join('\n')}`));
              seen.push({ event, id: Number(fields.get('id')), data });
              if (until(event, data)) {
                outgoing.destroy();
                resolve(seen);
              }
            }
          });
          incoming.on('end', () => {
            resolve(seen);
          });
          incoming.on('error', () => {
            resolve(seen);
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end();
    });
  }
}

/** Sends bytes as they stand and returns all that comes back until the connection ends or falls silent. */
export function rawRequest(
  base: string,
  bytes: string | Buffer,
  silenceMs = 3000,
  localAddress = '127.0.0.1',
): Promise<Answer> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect({ port: Number(port), host: hostname, localAddress }, () => socket.write(bytes));
    const finish = (): void => {
      socket.destroy();
      const all = Buffer.concat(parts);
      const end = all.indexOf('\r\n\r\n');
      const [first = '', ...lines] = all
        .subarray(0, end === -1 ? all.length : end)
        .toString('latin1')
        .split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => [
          line.slice(0, line.indexOf(':')).toLowerCase(),
          line.slice(line.indexOf(':') + 1).trim(),
        ]),
      );
      resolve(
        toAnswer(
          Number(first.split(' ')[1] ?? 0),
          headers,
          end === -1 ? Buffer.alloc(0) : all.subarray(end + 4),
        ),
      );
    };
    socket.setTimeout(silenceMs, finish);
    socket.on('data', (part) => parts.push(part));
    socket.on('close', finish);
    socket.on('error', (error) => {
      if (parts.length > 0) finish();
      else reject(error);
    });
  });
}

export function randomLoopback(): string {
  const byte = (): number => 1 + Math.floor(Math.random() * 253);
  return `127.${byte()}.${byte()}.${byte()}`;
}

function toAnswer(status: number, headers: IncomingHttpHeaders, bytes: Buffer): Answer {
  const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status, headers, text, bytes, json };
}
