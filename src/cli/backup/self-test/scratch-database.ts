import { existsSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../../../config/config.js';
import { backupPolicy } from '../../../../config/policy/operations/backup.js';
import { parsePostgresUrl, tlsWeakness } from '../../../../config/values/postgres-url.js';
import { isLoopbackHost } from '../../../../config/values/network-address.js';
import { Secret } from '../../../../config/values/secret.js';
import { readMigrations } from '../../../adapters/postgres/migration-files.js';
import { withOwner } from '../../../adapters/postgres/backup/owner-client.js';
import { requireAlone, type RestoreTarget } from '../../../adapters/postgres/backup/restore.js';
import { clearRestore, restoreProgress } from '../../../adapters/postgres/backup/restore-state.js';
import { CommandFailed } from '../../command.js';

/** In the place of the mark of a JWT_SECRET: what a self-test has made may be removed. */
const selfTestMark = 'self-test';

/** The command was told to end: nothing is known of the backup. */
export class Stopped extends CommandFailed {
  override readonly name = 'Stopped';
}

type Work<T> = (database: RestoreTarget) => Promise<T>;

/** The owner's URL in a file: in an argument every user of the machine would see it. @throws CommandFailed */
export async function scratchUrlIn(file: string): Promise<Secret> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CommandFailed('the file of the scratch database cannot be read');
  });
  const address = parsePostgresUrl(text.trim());
  if (address === null) throw new CommandFailed('the file of the scratch database holds no postgres:// URL');
  const weakness = isLoopbackHost(address.host) ? null : tlsWeakness(address);
  if (weakness !== null) throw new CommandFailed(`the URL of the scratch database ${weakness}`);
  return new Secret(text.trim());
}

/**
 * An empty database that somebody else runs, and empty again afterwards. The password of the service's role, which belongs to the whole
 * cluster, stays as it is. What a test that was killed has left is removed first, and nothing else ever.
 * @throws BackupError when a service uses it
 */
export async function onGivenDatabase<T>(ownerUrl: Secret, work: Work<T>): Promise<T> {
  await removeOwn(ownerUrl);
  try {
    return await untilStopped(
      work({ ownerUrl, appUrl: null, prepareIdentities: null, secretMark: selfTestMark }),
    );
  } catch (error) {
    // What is under way would go on, and holds the database.
    if (error instanceof Stopped) await endOwnSessions(ownerUrl);
    throw error;
  } finally {
    await removeOwn(ownerUrl);
  }
}

const endMs = 10_000;

/** Those of commands like this one, in this database: nobody else restores into a scratch database. */
const endOwnSessions = (ownerUrl: Secret): Promise<void> =>
  withOwner(ownerUrl, async (client) => {
    await client.query(
      `select pg_terminate_backend(pid, $1) from pg_stat_activity
       where datname = current_database() and application_name = current_setting('application_name') and pid <> pg_backend_pid()`,
      [endMs],
    );
  });

async function removeOwn(ownerUrl: Secret): Promise<void> {
  await withOwner(ownerUrl, async (client) => {
    await requireAlone(client, ownerUrl);
    const progress = await restoreProgress(client);
    if (progress === null) return;
    // A database that was restored to be opened, wholly or not, is none of ours.
    if (progress.secretMark !== selfTestMark)
      throw new CommandFailed(
        'the scratch database holds a restore that no self-test made: nothing was changed',
      );
    const versions = readMigrations().map(({ version }) => version);
    await clearRestore(client, versions, false);
  });
}

/**
 * A database of the embedded default below VELRO_HOME, for this alone. It has everything of the backup in clear, and is removed afterwards, also
 * when the command is told to stop; what a kill leaves the next test removes.
 * @throws EmbeddedError when another self-test runs
 */
export async function onEmbeddedDatabase<T>(
  config: Config,
  hasIdentities: boolean,
  work: Work<T>,
): Promise<T> {
  // Imported dynamically: the image does not contain the embedded database.
  const [{ withStoppedHome }, { InstanceLock }, { removeHome }] = await Promise.all([
    import('../../../adapters/embedded/stopped-home.js'),
    import('../../../adapters/embedded/instance-lock.js'),
    import('../../../adapters/embedded/removed-home.js'),
  ]);
  const folder = join(config.home, backupPolicy.selfTestFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = InstanceLock.take(folder);
  const home = join(folder, 'database');
  const settings = { ...config, home };
  try {
    // Adopts and ends what a killed test has left running; where that does not start, its folder goes all the same.
    if (existsSync(home)) await withStoppedHome(settings, () => Promise.resolve()).catch(() => undefined);
    await removeHome(home);
    return await withStoppedHome(settings, ({ prepareIdentities, ...urls }) =>
      untilStopped(
        work({
          ...urls,
          prepareIdentities: hasIdentities ? prepareIdentities : null,
          secretMark: selfTestMark,
        }),
      ),
    );
  } finally {
    await removeHome(home);
    lock.release();
  }
}

/** Ends with the work, or at a signal to stop: then its connections are cut by the end of the database. */
async function untilStopped<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => {
    stopped.reject(new Stopped('stopped: the scratch database was removed'));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeListener(signal, stop);
  }
}
