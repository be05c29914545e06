import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { templateHome } from '../database/template-home.js';
import { projectRoot } from '../process/project-root.js';
import { linkTo } from '../accounts/outbox.js';

interface Lite {
  readonly url: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  stop(): Promise<void>;
}

interface Cluster {
  readonly ownerUrl: string;
  stop(): Promise<void>;
}

/** A Supabase of its own beside the service, for what a frontend does with it directly. */
export class SupabaseBeside {
  private constructor(
    private readonly home: string,
    private readonly cluster: Cluster,
    private readonly lite: Lite,
  ) {}

  static async start(): Promise<SupabaseBeside> {
    // The built files: the identity service is a child process, which cannot be started from TypeScript.
    const dist = join(projectRoot, 'dist', 'src', 'adapters', 'embedded');
    const { PostgresCluster } = (await import(join(dist, 'postgres', 'postgres-cluster.js'))) as {
      PostgresCluster: { open(home: string): Promise<Cluster> };
    };
    const { SupabaseLite } = (await import(join(dist, 'supabase-lite.js'))) as {
      SupabaseLite: { start(url: string, home: string, confirm: boolean): Promise<Lite> };
    };
    const home = templateHome();
    const cluster = await PostgresCluster.open(home);
    return new SupabaseBeside(home, cluster, await SupabaseLite.start(cluster.ownerUrl, home, false));
  }

  /** What makes a service use it. */
  get env(): Record<string, string> {
    return {
      SUPABASE_URL: this.lite.url,
      SUPABASE_PUBLISHABLE_KEY: this.lite.publishableKey,
      SUPABASE_SECRET_KEY: this.lite.secretKey,
    };
  }

  /** Signs in by the link of a mail, as supabase-js does it in a browser. */
  async linkLogin(email: string): Promise<{ token: string; sub: string }> {
    const client = this.client();
    await client.auth.signInWithOtp({ email });
    const { data } = await client.auth.verifyOtp({
      token_hash: await linkTo(this.home, email),
      type: 'magiclink',
    });
    return { token: data.session?.access_token ?? '', sub: data.user?.id ?? '' };
  }

  async passwordLogin(email: string, password: string): Promise<string> {
    const { data } = await this.client().auth.signUp({ email, password });
    return data.session?.access_token ?? '';
  }

  /** What the link of the latest mail to an address carries. */
  linkTo(email: string): Promise<string> {
    return linkTo(this.home, email);
  }

  /** Whether the provider itself would let somebody in with this. */
  async opensWith(email: string, password: string): Promise<boolean> {
    const { data } = await this.client().auth.signInWithPassword({ email, password });
    return data.session !== null;
  }

  async stop(): Promise<void> {
    await this.lite.stop();
    await this.cluster.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  private client(): SupabaseClient {
    return createClient(this.lite.url, this.lite.publishableKey, {
      auth: { persistSession: false, autoRefreshToken: false },
    });
  }
}
