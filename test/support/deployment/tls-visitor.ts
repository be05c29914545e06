import { request, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { randomLoopback } from '../http/http.js';
import type { Nginx } from './nginx.js';

export interface TlsAnswer {
  readonly status: number;
  /** Names in lower case, each as often as it came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly text: string;
  /** The parsed body, as far as tests look at it; undefined where it is no JSON. */
  readonly json:
    | {
        readonly id?: string;
        readonly code?: string;
        readonly status?: string | number;
        readonly bytes?: number;
      }
    | undefined;
}

interface TlsCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
  readonly body?: unknown;
}

/** All values of a header. */
export const valuesOf = ({ headers }: TlsAnswer, name: string): string[] =>
  headers.filter(([one]) => one === name).map(([, value]) => value);

/** Somebody in front of the proxy, with an address of their own, who trusts its authority and nobody else. */
export class TlsVisitor {
  constructor(
    private readonly nginx: Nginx,
    readonly address = randomLoopback(),
  ) {}

  async call(path: string, { method, headers, token, body }: TlsCall = {}): Promise<TlsAnswer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        this.options(path, {
          method: method ?? (text === undefined ? 'GET' : 'POST'),
          headers: {
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(text === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
            ...headers,
          },
        }),
        (incoming) => {
          let whole = '';
          incoming.setEncoding('utf8').on('data', (part: string) => (whole += part));
          incoming.on('error', reject).on('end', () => {
            resolve(toAnswer(incoming.statusCode ?? 0, incoming.rawHeaders, whole));
          });
        },
      );
      outgoing.setTimeout(60_000, () => outgoing.destroy(new Error('no answer')));
      outgoing.on('error', reject).end(text);
    });
  }

  /** Reads a stream of events; `onPart` gets its text as it comes. Resolves at its end. */
  events(path: string, token: string, onPart: (text: string) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      request(
        this.options(path, {
          headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
        }),
        (incoming) => {
          incoming.setEncoding('utf8').on('data', onPart).on('end', resolve).on('error', reject);
        },
      )
        .on('error', reject)
        .end();
    });
  }

  /** A connection by hand. */
  connection(): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const { tlsPort, ca } = this.nginx;
      const options = { host: '127.0.0.1', port: tlsPort, ca, servername: 'localhost' };
      // `localAddress` is passed on to the connection, which its types do not say.
      const socket = connect({ ...options, ...{ localAddress: this.address } }, () => {
        resolve(socket);
      }).once('error', reject);
    });
  }

  /** Sends a text as it stands, and returns all that comes back until the answer is whole or the other side closes. */
  async raw(text: string): Promise<TlsAnswer> {
    const socket = await this.connection();
    socket.write(text);
    return untilClosed(socket);
  }

  private options(path: string, options: RequestOptions): RequestOptions {
    const { tlsPort, ca } = this.nginx;
    return {
      host: '127.0.0.1',
      servername: 'localhost',
      port: tlsPort,
      path,
      ca,
      localAddress: this.address,
      agent: false,
      ...options,
    };
  }
}

export function untilClosed(socket: Socket): Promise<TlsAnswer> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      // The other side would go on reading for seconds what it refused.
      const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1];
      const body = text.split('\r\n\r\n', 2)[1];
      if (length !== undefined && body !== undefined && body.length >= Number(length)) socket.destroy();
    });
    // The other side may break off what it does not want to read.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      const [head = '', body = ''] = text.split('\r\n\r\n', 2);
      const [first = '', ...lines] = head.split('\r\n');
      const raw = lines.flatMap((line) => [
        line.slice(0, line.indexOf(':')),
        line.slice(line.indexOf(':') + 1).trim(),
      ]);
      resolve(toAnswer(Number(first.split(' ')[1] ?? 0), raw, body));
    });
    socket.on('end', () => socket.destroy());
  });
}

function toAnswer(status: number, raw: readonly string[], text: string): TlsAnswer {
  const headers = raw.flatMap((name, at) =>
    at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1] ?? ''] as const] : [],
  );
  let json: TlsAnswer['json'];
  try {
    json = JSON.parse(text) as TlsAnswer['json'];
  } catch {
    json = undefined;
  }
  return { status, headers, text, json };
}
