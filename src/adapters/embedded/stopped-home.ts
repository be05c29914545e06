import { mkdirSync } from 'node:fs';
import type { Config } from '../../../config/config.js';
import { Secret } from '../../../config/values/secret.js';
import { InstanceLock } from './instance-lock.js';
import { PostgresCluster } from './postgres/postgres-cluster.js';
import { SupabaseLite } from './supabase-lite.js';

/** The embedded database while no service runs on it. */
export interface StoppedHome {
  readonly ownerUrl: Secret;
  readonly appUrl: Secret;
  /** Has the identity provider make its tables. */
  readonly prepareIdentities: () => Promise<void>;
}

/**
 * Starts the database of a VELRO_HOME, or makes it, without a service, and stops it afterwards. No service can start meanwhile.
 * @throws EmbeddedError when a service runs
 */
export async function withStoppedHome<T>(
  { home, passwords }: Config,
  work: (stopped: StoppedHome) => Promise<T>,
): Promise<T> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const lock = InstanceLock.take(home);
  try {
    const cluster = await PostgresCluster.open(home);
    try {
      return await work({
        ownerUrl: new Secret(cluster.ownerUrl),
        appUrl: new Secret(cluster.appUrl),
        prepareIdentities: async () => {
          const lite = await SupabaseLite.start(cluster.ownerUrl, home, passwords.requireEmailVerification);
          await lite.stop();
        },
      });
    } finally {
      await cluster.stop();
    }
  } finally {
    lock.release();
  }
}
