// A data directory of the embedded services after a first start, which tests use instead of creating a cluster and its schema
// every time. It holds no accounts and no events, and passwords of the cluster that were generated for this run.
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Returns the path of the folder; the caller removes it. Requires a built project (dist/). */
export async function makeTemplate(): Promise<string> {
  const { PostgresCluster } = await import('#dist/src/adapters/embedded/postgres/postgres-cluster.js');
  const { SupabaseLite } = await import('#dist/src/adapters/embedded/supabase-lite.js');
  const { migrate } = await import('#dist/src/adapters/postgres/migrate.js');
  const { Secret } = await import('#dist/config/values/secret.js');
  const home = await mkdtemp(join(tmpdir(), 'velro-template-'));
  const cluster = await PostgresCluster.open(home);
  try {
    await relax(home);
    await migrate({ ownerUrl: new Secret(cluster.ownerUrl), appUrl: new Secret(cluster.appUrl) });
    // Creates its own schema when it starts.
    const lite = await SupabaseLite.start(cluster.ownerUrl, home, false);
    await lite.stop();
  } finally {
    await cluster.stop();
  }
  await rm(join(home, 'identity.log'), { force: true });
  return home;
}

/**
 * What a loss of power needs and no test has: a killed process leaves its writes with the system. Segments of the log are
 * neither zeroed nor kept for later, so that a copy of the folder is smaller.
 */
async function relax(home: string): Promise<void> {
  const noted = await readFile(join(home, 'postgres-place'), 'utf8').catch(() => join(home, 'postgres'));
  const data = join(noted.trim(), 'data');
  await appendFile(join(data, 'postgresql.conf'), '\nfsync = off\nwal_init_zero = off\nwal_recycle = off\n');
  const [pid = ''] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGHUP');
}
