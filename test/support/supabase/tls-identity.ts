import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { SupabaseLite } from '../../../src/adapters/embedded/supabase-lite.js';
import type { Certificates } from '../process/certificates.js';

/** The embedded identity service behind a proxy that speaks TLS: what the service sees of a Supabase project. */
export class TlsIdentity {
  /** Every path that was asked for, in order. */
  readonly asked: string[] = [];

  private constructor(
    private readonly lite: SupabaseLite,
    private readonly server: Server,
    private readonly home: string,
  ) {}

  /** `dist` is the compiled service: the identity process is started from a compiled file. */
  static async start(
    databaseUrl: string,
    home: string,
    dist: string,
    certificates: Certificates,
  ): Promise<TlsIdentity> {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const path = join(dist, 'src', 'adapters', 'embedded', 'supabase-lite.js');
    const compiled = (await import(path)) as { SupabaseLite: typeof SupabaseLite };
    const lite = await compiled.SupabaseLite.start(databaseUrl, home, true);
    const tls = { cert: readFileSync(certificates.certificate), key: readFileSync(certificates.key) };
    const server = createServer(tls, (incoming, outgoing) => {
      identity.asked.push(incoming.url ?? '');
      const { method, url, headers } = incoming;
      const onward = forward(`${lite.url}${url ?? '/'}`, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => {
        outgoing.writeHead(502).end();
      });
      incoming.pipe(onward);
    });
    const identity = new TlsIdentity(lite, server, home);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return identity;
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  get publishableKey(): string {
    return this.lite.publishableKey;
  }

  get secretKey(): string {
    return this.lite.secretKey;
  }

  /** How many requests have come. */
  get requests(): number {
    return this.asked.length;
  }

  /** Texts of the mails sent to an address, oldest first. */
  mailsTo(address: string): string[] {
    const outbox = join(this.home, 'outbox');
    if (!existsSync(outbox)) return [];
    return readdirSync(outbox)
      .sort()
      .map(
        (file) =>
          JSON.parse(readFileSync(join(outbox, file), 'utf8')) as { to: string; text: string; html: string },
      )
      .filter(({ to }) => to === address)
      .map(({ text, html }) => `${text}\n${html}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.lite.stop();
  }
}
