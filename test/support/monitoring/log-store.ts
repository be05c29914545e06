import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Respond = (request: IncomingMessage, response: ServerResponse) => void;

const query = /^(\{[^}]*\}) \|= `([^`]+)`$/;

/** Speaks the part of Loki's HTTP API by which lines are searched for, over lines that somebody else writes. */
export class LogStoreServer {
  /** Queries, with the bearer token of each. */
  readonly asked: { readonly query: string; readonly token: string | undefined }[] = [];
  /** In place of an ordinary answer. */
  fault: Respond | null = null;

  private constructor(
    private readonly server: Server,
    private readonly lines: () => readonly string[],
    private readonly selector: string,
  ) {
    server.on('request', (request, response) => {
      this.answer(request, response);
    });
  }

  /** `lines` are those of the stream that `selector` selects. */
  static async start(lines: () => readonly string[], selector = '{job="velro"}'): Promise<LogStoreServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new LogStoreServer(server, lines, selector);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    const text = url.searchParams.get('query') ?? '';
    this.asked.push({ query: text, token: request.headers.authorization?.replace('Bearer ', '') });
    if (this.fault !== null) {
      this.fault(request, response);
      return;
    }
    const [, selector, needle = ''] = query.exec(text) ?? [];
    if (url.pathname !== '/loki/api/v1/query_range' || selector === undefined) {
      response.writeHead(400).end('parse error');
      return;
    }
    const found = selector === this.selector ? this.lines().filter((line) => line.includes(needle)) : [];
    const values = found.slice(0, Number(url.searchParams.get('limit') ?? 100)).map((line) => ['1', line]);
    const result = values.length === 0 ? [] : [{ stream: { job: 'velro' }, values }];
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ status: 'success', data: { resultType: 'streams', result } }));
  }
}
