import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What Prometheus tells of an alert that fires. */
export interface FiredAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO 8601; of one that fires it lies ahead. */
  readonly endsAt: string;
}

/** Takes alerts as Alertmanager does, by its API of version 2. */
export class AlertmanagerServer {
  /** The first of each name. */
  readonly fired = new Map<string, FiredAlert>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<AlertmanagerServer> {
    const server = createServer((request, response) => {
      void json(request).then((alerts) => {
        if (request.url === '/api/v2/alerts')
          for (const alert of alerts as FiredAlert[]) {
            const { alertname = '' } = alert.labels;
            const isFiring = Date.parse(alert.endsAt) > Date.now();
            if (isFiring && !manager.fired.has(alertname)) manager.fired.set(alertname, alert);
          }
        response.writeHead(200).end();
      });
    });
    const manager = new AlertmanagerServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return manager;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
