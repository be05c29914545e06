import { randomUUID } from 'node:crypto';
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { password, type Account, type Service } from '../process/service.js';
import { until } from '../process/wait-until.js';
import { HostedAuth } from './hosted-auth.js';
import { SupabaseStorageServer } from './supabase-storage-server.js';

/** A project of hosted Supabase: one address and one key for its accounts and its storage. */
export class HostedSupabase {
  private constructor(
    readonly auth: HostedAuth,
    readonly storage: SupabaseStorageServer,
    private readonly gateway: Server,
  ) {}

  static async start(): Promise<HostedSupabase> {
    const auth = await HostedAuth.start();
    const storage = await SupabaseStorageServer.start(auth.secretKey);
    const gateway = createServer((incoming, outgoing) => {
      const { method, url = '/', headers } = incoming;
      const base = url.startsWith('/storage/') ? storage.url : auth.url;
      const onward = forward(`${base}${url}`, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        answer.once('error', () => outgoing.destroy());
      });
      onward.once('error', () => outgoing.destroy());
      incoming.once('error', () => onward.destroy());
      incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => {
      gateway.listen(0, '127.0.0.1', resolve);
    });
    return new HostedSupabase(auth, storage, gateway);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.gateway.address() as AddressInfo).port}`;
  }

  /** What makes a service use it. */
  get env(): Record<string, string> {
    return { ...this.auth.env, SUPABASE_URL: this.url };
  }

  /** A new person of a service that uses it, by the link of the mail. */
  async signUp(service: Service): Promise<Account> {
    const [visitor, email] = [service.visitor(), `${randomUUID()}@example.com`];
    const post = (path: string, body: unknown) => visitor.call(`/api/v1/auth/${path}`, { body });
    await post('register', { email, password });
    await until(() => this.auth.tokensTo(email).length > 0, 'the mail');
    await post('email-verify', { token: this.auth.tokensTo(email)[0], password });
    const { status, json, text } = await post('login', { email, password });
    if (status !== 200) throw new Error(`login answered ${status}: ${text}`);
    return { email, token: json.access_token, refreshToken: json.refresh_token, id: json.user.id, visitor };
  }

  async stop(): Promise<void> {
    this.gateway.closeAllConnections();
    await new Promise((resolve) => this.gateway.close(resolve));
    await this.storage.stop();
    await this.auth.stop();
  }
}
