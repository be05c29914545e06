import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers one request; `nth` counts those of its path from 0. */
export type Behaviour = (response: ServerResponse, request: Received, nth: number) => void;

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

export const problem =
  (status: number, code: string, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response
      .writeHead(status, { 'content-type': 'application/problem+json', 'x-request-id': 'r-1', ...headers })
      .end(JSON.stringify({ type: 'about:blank', title: code, status, detail: `detail of ${code}`, code }));
  };

export const html =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<h1>proxy</h1>');
  };

export const reset: Behaviour = (response) => {
  response.socket?.resetAndDestroy();
};

export const hang: Behaviour = () => undefined;

/** One behaviour after the other; the last one stays. */
export const inTurn =
  (...behaviours: readonly [Behaviour, ...Behaviour[]]): Behaviour =>
  (response, request, nth) => {
    (behaviours[nth] ?? behaviours.at(-1))?.(response, request, nth);
  };

/** A loopback HTTP server that behaves as a test says, path by path, and notes what it received. */
export class ClientServer {
  readonly received: Received[] = [];
  /** Requests whose connection the client closed before the answer had ended. */
  abandoned = 0;
  private readonly behaviours = new Map<string, Behaviour>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ClientServer> {
    const server = createServer((incoming, response) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('error', () => undefined);
      response.on('close', () => {
        if (!response.writableFinished) started.abandoned++;
      });
      incoming.on('end', () => {
        const { method = '', url = '', headers } = incoming;
        const path = url.replace(/\?.*$/, '');
        const nth = started.of(path).length;
        const request = { method, path, headers, body: Buffer.concat(parts) };
        started.received.push(request);
        (started.behaviours.get(path) ?? problem(404, 'route_not_found'))(response, request, nth);
      });
    });
    const started = new ClientServer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  on(path: string, behaviour: Behaviour): void {
    this.behaviours.set(path, behaviour);
  }

  of(path: string): Received[] {
    return this.received.filter((request) => request.path === path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
