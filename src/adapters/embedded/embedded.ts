import { mkdirSync } from 'node:fs';
import type { Config } from '../../../config/config.js';
import { Secret } from '../../../config/secret.js';
import type { Endpoints } from '../endpoints.js';
import { migrate } from '../postgres/migrate.js';
import { InstanceLock } from './instance-lock.js';
import { PostgresCluster } from './postgres-cluster.js';
import { SupabaseLite } from './supabase-lite.js';

/** The embedded default: what development needs besides Node, started below VELRO_HOME. */
export interface Embedded {
  readonly endpoints: Endpoints;
  /** What was started, a line each, for the person at the terminal. */
  readonly report: readonly string[];
  /** After the drain: ends the identity process, then the database. */
  stop(): Promise<void>;
}

/**
 * Lock → database (started or adopted) → migrations → identity. Whatever fails, what was started before it is stopped.
 * @throws EmbeddedError with a sentence for the person at the terminal
 */
export async function startEmbedded(config: Config): Promise<Embedded> {
  mkdirSync(config.home, { recursive: true, mode: 0o700 });
  const lock = InstanceLock.take(config.home);
  let cluster: PostgresCluster | null = null;
  let lite: SupabaseLite | null = null;
  const stop = async (): Promise<void> => {
    await lite?.stop();
    await cluster?.stop();
    lock.release();
  };
  try {
    cluster = await PostgresCluster.open(config.home);
    // One after the other: both keep the Supabase CLI's table, and creating it at once would make one of them fail.
    const applied = await migrate({
      ownerUrl: new Secret(cluster.ownerUrl),
      appUrl: new Secret(cluster.appUrl),
    });
    lite = await SupabaseLite.start(cluster.ownerUrl, config.home, config.passwords.requireEmailVerification);
    return {
      endpoints: {
        databaseUrl: new Secret(cluster.appUrl),
        supabase: {
          url: lite.url,
          publishableKey: new Secret(lite.publishableKey),
          secretKey: new Secret(lite.secretKey),
        },
      },
      report: [
        `PostgreSQL 18 in ${config.home}${cluster.adopted ? ', found running and adopted' : ''}${applied.length > 0 ? `, ${applied.length} migrations applied` : ''}`,
        `identity by @supabase/lite, pictures by the offline canvas, objects on disk`,
      ],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
