import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { until } from '../process/wait-until.js';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver does with a webhook: it answers, or leaves the connection to its end. */
export type Reaction = (response: ServerResponse, received: Received, socket: Socket) => void;

/** Answers at once. */
export const answers =
  (status: number, headers: Record<string, string> = {}, body = ''): Reaction =>
  (response) => {
    response.writeHead(status, headers).end(body);
  };

/** Receivers that do not do what they should. */
export const hostile = {
  hangs: (() => undefined) satisfies Reaction,
  resets: ((_response, _received, socket) => socket.resetAndDestroy()) satisfies Reaction,
  garbage: ((_response, _received, socket) =>
    socket.end('\u0000SSH-2.0 no HTTP at all\r\n\r\n')) satisfies Reaction,
  floods: ((response) => {
    const part = Buffer.alloc(64 * 1024, 'x');
    const more = (): void => {
      while (!response.destroyed && response.write(part));
    };
    response.on('drain', more).writeHead(200);
    more();
  }) satisfies Reaction,
  hangsInBody: ((response) => {
    response.writeHead(200, { 'content-length': '100' }).write('only this');
  }) satisfies Reaction,
};

/** A server of this machine for webhooks: a reaction for each path, 204 for any other. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  private readonly reactions = new Map<string, Reaction>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const place = server.address();
    const receiver = new WebhookReceiver(
      server,
      typeof place === 'object' && place !== null ? place.port : 0,
    );
    server.on('request', (request, response) => {
      void text(request).then(
        (body) => {
          const { url: path = '', headers } = request;
          const received = { path, headers, body };
          receiver.received.push(received);
          (receiver.reactions.get(path) ?? answers(204))(response, received, request.socket);
        },
        () => undefined,
      );
    });
    return receiver;
  }

  /** The URL of a path that reacts so from now on. */
  at(path: string, reaction: Reaction = answers(204)): string {
    this.reactions.set(path, reaction);
    return `http://127.0.0.1:${this.port}${path}`;
  }

  of(path: string): Received[] {
    return this.received.filter((one) => one.path === path);
  }

  /** Waits until a path has received so many; returns them. */
  async until(path: string, count = 1): Promise<Received[]> {
    await until(() => this.of(path).length >= count, `${count} webhooks to ${path}`);
    return this.of(path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** The body of a webhook that the package of Standard Webhooks accepts with this secret. @throws when it does not */
export function verified({ headers, body }: Received, secret: string): Record<string, unknown> {
  const named = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])]),
  );
  return new Webhook(secret).verify(body, named) as Record<string, unknown>;
}
