import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Which = (incoming: IncomingMessage) => boolean;

/** Something that is held: it goes on when it is released. */
export interface Held {
  release(): void;
}

/** Stands between the service and its identity provider, and holds, answers or cuts what it is told to. */
export class ProviderProxy {
  private before: Which = () => false;
  private after: Which = () => false;
  private instead: ((incoming: IncomingMessage) => { status: number; body: unknown } | 'cut' | null) | null =
    null;
  private readonly held: Held[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(target: string): Promise<ProviderProxy> {
    const proxies: ProviderProxy[] = [];
    const server = createServer((incoming, outgoing) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('end', () => {
        const [proxy] = proxies;
        const own = proxy?.instead?.(incoming) ?? null;
        if (own === 'cut') {
          outgoing.destroy();
          return;
        }
        if (own !== null) {
          outgoing
            .writeHead(own.status, { 'content-type': 'application/json' })
            .end(JSON.stringify(own.body));
          return;
        }
        const pass = (): void => {
          const { method, headers, url = '/' } = incoming;
          const { host } = new URL(target);
          request(new URL(url, target), { method, headers: { ...headers, host } }, (answer) => {
            const back = (): void => {
              outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
              answer.pipe(outgoing);
            };
            if (proxy?.after(incoming) === true) proxy.held.push({ release: back });
            else back();
          })
            .on('error', () => outgoing.destroy())
            .end(Buffer.concat(parts));
        };
        if (proxy?.before(incoming) === true) proxy.held.push({ release: pass });
        else pass();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new ProviderProxy(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    proxies.push(proxy);
    return proxy;
  }

  /** Requests of this kind wait before the provider hears of them. */
  holdBefore(which: Which): void {
    this.before = which;
  }

  /** Answers to requests of this kind wait: the provider has done its part. */
  holdAfter(which: Which): void {
    this.after = which;
  }

  answerInstead(
    answer: (incoming: IncomingMessage) => { status: number; body: unknown } | 'cut' | null,
  ): void {
    this.instead = answer;
  }

  /** Nothing is held or answered any more; what was held stays held. */
  letPass(): void {
    this.before = () => false;
    this.after = () => false;
    this.instead = null;
  }

  async nextHeld(): Promise<Held> {
    for (;;) {
      const held = this.held.shift();
      if (held !== undefined) return held;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

export const setsPassword: Which = ({ method, url = '' }) => method === 'PUT' && url.endsWith('/user');
export const signsIn: Which = ({ url = '' }) => url.includes('grant_type=password');
