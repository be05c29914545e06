import { mkdirSync } from 'node:fs';
import type { Config } from '../../../config/config.js';
import { Secret } from '../../../config/values/secret.js';
import type { Endpoints } from '../endpoints.js';

import { MigrationError } from '../postgres/apply-migrations.js';
import { migrate } from '../postgres/migrate.js';
import { EmbeddedError } from './embedded-error.js';
import { InstanceLock } from './instance-lock.js';
import { PostgresCluster, type ClusterProgress } from './postgres/postgres-cluster.js';
import { SupabaseLite } from './supabase-lite.js';
import { returnInterruptedWork } from './postgres/interrupted-work.js';

/** The embedded default: what development needs besides Node, started below VELRO_HOME. */
export interface Embedded {
  readonly endpoints: Endpoints;
  /** What was started, one line each, for the terminal. */
  readonly report: readonly string[];
  /** After the drain: ends the identity process, then the database. */
  stop(): Promise<void>;
}

/** How a start reports to its caller. */
export interface EmbeddedProgress extends ClusterProgress {
  /** After the start: what is mended by itself. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Lock → database (started or adopted) → migrations → identity, whose process starts beside the database's. Whatever fails, what
 * was started before it is stopped.
 * @throws EmbeddedError with a message for the terminal
 */
export async function startEmbedded(config: Config, progress: EmbeddedProgress): Promise<Embedded> {
  const { done, onTrouble } = progress;
  const { home } = config;
  let lock: InstanceLock | null = null;
  let cluster: PostgresCluster | null = null;
  let lite: SupabaseLite | null = null;
  const migrated = Promise.withResolvers<string>();
  let starting: Promise<SupabaseLite> | null = null;
  const stop = async (): Promise<void> => {
    await lite?.stop();
    await cluster?.stop();
    lock?.release();
  };
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    // First: a start that does not get the lock exits without touching the holder's processes.
    lock = InstanceLock.take(home);
    starting = SupabaseLite.start(migrated.promise, home, config.passwords.requireEmailVerification);
    // Awaited below; it may fail before.
    starting.catch(() => undefined);
    cluster = await PostgresCluster.open(home, progress);
    done(cluster.adopted ? 'PostgreSQL found running' : 'PostgreSQL started');
    const ownerUrl = new Secret(cluster.ownerUrl);
    // Sequential: both use the Supabase CLI's table, and creating it concurrently would make one of them fail.
    const applied = await migrate({ ownerUrl, appUrl: new Secret(cluster.appUrl) });
    done(applied.length > 0 ? `${applied.length} migrations applied` : 'database up to date');
    // Under the lock no other worker is running.
    await returnInterruptedWork(ownerUrl);
    migrated.resolve(cluster.ownerUrl);
    lite = await starting;
    done('identity service started');
    cluster.supervise(onTrouble);
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
        `PostgreSQL 18 in ${home}${cluster.adopted ? ', found running and adopted' : ''}${applied.length > 0 ? `, ${applied.length} migrations applied` : ''}`,
        `identity by @supabase/lite, pictures by the offline canvas, objects on disk`,
      ],
      stop,
    };
  } catch (error) {
    migrated.reject(error);
    await starting?.catch(() => undefined);
    await stop();
    throw asSentence(error, home);
  }
}

/** Turns errors of the file system and of migrations into a message for the terminal. */
function asSentence(error: unknown, home: string): unknown {
  if (error instanceof MigrationError) return new EmbeddedError(error.message, { cause: error });
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  const refusals = [
    'EACCES',
    'EPERM',
    'EROFS',
    'ENOSPC',
    'EDQUOT',
    'ENOTDIR',
    'EISDIR',
    'EEXIST',
    'ENAMETOOLONG',
    'EIO',
  ];
  if (!(error instanceof Error) || syscall === undefined || !refusals.includes(code)) return error;
  return new EmbeddedError(`the embedded default cannot use ${home}: ${error.message}`, { cause: error });
}
