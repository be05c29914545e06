import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

interface Backend {
  url: string | null;
  isReady: boolean;
}

const lookEveryMs = 100;

/**
 * A reverse proxy as platforms run them: keeps connections alive, asks the readiness of each instance several times a second, sends
 * requests in turn to those that are ready, and retries nothing. An error of an instance is answered with 502.
 */
export class ReadyProxy {
  /** Answers that the proxy had to make up, because an instance broke a connection or refused one. */
  broken = 0;
  private readonly backends: Backend[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly looking: NodeJS.Timeout;
  private turn = 0;

  private constructor(private readonly server: Server) {
    this.looking = setInterval(() => {
      for (const backend of this.backends) void this.look(backend);
    }, lookEveryMs);
  }

  static async start(): Promise<ReadyProxy> {
    const made: ReadyProxy[] = [];
    const server = createServer((incoming, outgoing) => made[0]?.pass(incoming, outgoing));
    const proxy = new ReadyProxy(server);
    made.push(proxy);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get ready(): number {
    return this.backends.filter(({ isReady }) => isReady).length;
  }

  /** Sets the instance of a place. */
  use(place: number, url: string): void {
    this.backends[place] = { url, isReady: false };
  }

  async stop(): Promise<void> {
    clearInterval(this.looking);
    this.agent.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private look(backend: Backend): Promise<void> {
    return new Promise((resolve) => {
      const probe = request(`${backend.url ?? ''}/health/ready`, { agent: false }, (answer) => {
        answer.resume();
        backend.isReady = answer.statusCode === 200;
        resolve();
      });
      probe.on('error', () => {
        backend.isReady = false;
        resolve();
      });
      probe.end();
    });
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const able = this.backends.filter(({ isReady }) => isReady);
    const backend = able[this.turn++ % Math.max(1, able.length)];
    const fail = (): void => {
      this.broken++;
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end();
    };
    if (backend === undefined || backend.url === null) {
      fail();
      return;
    }
    const { method, url = '/', headers } = incoming;
    const passed = request(
      new URL(url, backend.url),
      { method, agent: this.agent, headers: { ...headers, host: new URL(backend.url).host } },
      (answer) => {
        const own = { ...answer.headers };
        delete own.connection;
        outgoing.writeHead(answer.statusCode ?? 502, own);
        answer.pipe(outgoing);
        answer.on('error', fail);
      },
    );
    passed.on('error', fail);
    incoming.pipe(passed);
  }
}
