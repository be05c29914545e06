import { readFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { Certificates } from '../process/certificates.js';

/**
 * What the server does with a batch. `late`: it takes it and says so when it is told to; `cut`: it takes it and breaks the connection;
 * `hang`, `reset`, `garbage`, `refuse`: it takes nothing. `refuse`: says so in its own way, an error or a word.
 */
export type SiemFault = 'none' | 'late' | 'hang' | 'reset' | 'garbage' | 'refuse' | 'redirect';

/** One event as it came. */
export interface TakenEvent {
  readonly metadata: { readonly uid: string; readonly event_code: string };
  readonly message: string;
  readonly [attribute: string]: unknown;
}

/** A batch as it came over HTTP. */
export interface TakenBatch {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A SIEM of this machine that takes events, and can be in trouble. */
export abstract class SiemServer {
  fault: SiemFault = 'none';
  /** In the order in which they came, with repetitions. */
  readonly events: TakenEvent[] = [];
  private readonly waiting: (() => void)[] = [];
  protected readonly sockets = new Set<Socket>();

  protected constructor(private readonly server: Server | TlsServer) {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket.on('error', () => undefined));
      socket.once('close', () => this.sockets.delete(socket));
    });
    server.on('tlsClientError', () => undefined);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get ids(): string[] {
    return this.events.map(({ metadata }) => metadata.uid);
  }

  /** Batches that were taken and not acknowledged yet. */
  get late(): number {
    return this.waiting.length;
  }

  /** Acknowledges what was taken late. */
  release(): void {
    for (const acknowledge of this.waiting.splice(0)) acknowledge();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  abstract get url(): string;

  protected acknowledge(now: () => void): void {
    if (this.fault === 'late') this.waiting.push(now);
    else now();
  }

  protected async listen(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, '127.0.0.1', resolve);
    });
  }
}

/** Over HTTP, or with a certificate over HTTPS. */
export class HttpSiemServer extends SiemServer {
  readonly batches: TakenBatch[] = [];
  /** By which it refuses. */
  refusal = 503;
  /** Paths that were asked for. */
  readonly paths: string[] = [];

  private constructor(
    server: Server,
    private readonly scheme: 'http' | 'https',
    handle: { current: RequestListener },
  ) {
    super(server);
    handle.current = (request, response) => {
      this.paths.push(request.url ?? '');
      if (this.fault === 'hang') return;
      if (this.fault === 'reset') {
        request.socket.destroy();
        return;
      }
      if (this.fault === 'garbage') {
        request.socket.end('\u0000\u0001 no HTTP at all\r\n\r\n');
        return;
      }
      if (this.fault === 'refuse' || this.fault === 'redirect') {
        const status = this.fault === 'refuse' ? this.refusal : 307;
        response.writeHead(status, status === 307 ? { location: '/elsewhere' } : {}).end('no');
        return;
      }
      void text(request).then((body) => {
        this.batches.push({ headers: request.headers, body });
        this.events.push(...(JSON.parse(body) as TakenEvent[]));
        this.acknowledge(() => response.writeHead(204).end());
      });
    };
  }

  static async start(certificates: Certificates | null = null): Promise<HttpSiemServer> {
    const handle: { current: RequestListener } = { current: () => undefined };
    const listener: RequestListener = (request, response) => {
      handle.current(request, response);
    };
    const server =
      certificates === null
        ? createHttpServer(listener)
        : createHttpsServer(
            { key: readFileSync(certificates.key), cert: readFileSync(certificates.certificate) },
            listener,
          );
    const siem = new HttpSiemServer(server, certificates === null ? 'http' : 'https', handle);
    await siem.listen();
    return siem;
  }

  get url(): string {
    return `${this.scheme}://user:pass%3Aword@localhost:${this.port}/events?key=canary-in-the-url`;
  }
}

/** Syslog over TLS (RFC 5425). */
export class SyslogServer extends SiemServer {
  /** Messages without their lengths. */
  readonly messages: string[] = [];

  private constructor(server: TlsServer) {
    super(server);
    server.on('secureConnection', (socket) => {
      socket.on('error', () => undefined);
      if (this.fault === 'hang') return;
      if (this.fault === 'reset') {
        socket.destroy();
        return;
      }
      if (this.fault === 'garbage') socket.write('\u0000\u0001');
      if (this.fault === 'refuse') socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      const isTaken = this.fault === 'none' || this.fault === 'late';
      let octets = '';
      socket.setEncoding('latin1').on('data', (part: string) => (octets += part));
      socket.once('end', () => {
        // A server of another kind says something, and closes when the client has.
        if (this.fault === 'garbage') socket.end();
        if (!isTaken) return;
        this.take(octets);
        this.acknowledge(() => socket.end());
      });
    });
  }

  static async start(certificates: Certificates): Promise<SyslogServer> {
    const siem = new SyslogServer(
      createTlsServer({
        key: readFileSync(certificates.key),
        cert: readFileSync(certificates.certificate),
        allowHalfOpen: true,
      }),
    );
    await siem.listen();
    return siem;
  }

  get url(): string {
    return `syslog+tls://localhost:${this.port}`;
  }

  private take(octets: string): void {
    for (let rest = octets; rest !== '';) {
      const [length = ''] = rest.split(' ', 1);
      const start = length.length + 1;
      const message = rest.slice(start, start + Number(length));
      if (!/^[1-9]\d*$/.test(length) || message.length !== Number(length))
        throw new Error('no frame of RFC 5425');
      this.messages.push(message);
      this.events.push(JSON.parse(message.slice(message.indexOf('{'))) as TakenEvent);
      rest = rest.slice(start + Number(length));
    }
  }
}
