import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { AddressInfo } from 'node:net';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
};

/** Serves the pages of a frontend, on an origin of its own. Each path is a file or a text. */
export class PageServer {
  private readonly pages = new Map<string, () => string | Promise<string>>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PageServer> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://page');
      const page = pages.pages.get(pathname);
      if (page === undefined) {
        response.writeHead(404).end();
        return;
      }
      void Promise.resolve(page()).then((text) => {
        response.writeHead(200, { 'content-type': types[extname(pathname)] ?? types['.html'] }).end(text);
      });
    });
    const pages = new PageServer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return pages;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  serveText(path: string, text: string): void {
    this.pages.set(path, () => text);
  }

  serveFile(path: string, file: string): void {
    this.pages.set(path, () => readFile(file, 'utf8'));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
