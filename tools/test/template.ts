// A data directory of the embedded services after a first start, which tests use instead of creating a cluster and its schema
// every time. It holds no accounts and no events, and passwords of the cluster that were generated for this run.
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** The roles of the cluster, and which of its passwords each has. */
const roles = { postgres: 'superuser', velro_owner: 'owner', velro_app: 'app' };

/** Returns the path of a new folder in `parent`; the caller removes it. Requires a built project (dist/). */
export async function makeTemplate(parent = tmpdir()): Promise<string> {
  const { PostgresCluster } = await import('#dist/src/adapters/embedded/postgres/postgres-cluster.js');
  const { SupabaseLite } = await import('#dist/src/adapters/embedded/supabase-lite.js');
  const { migrate } = await import('#dist/src/adapters/postgres/migrate.js');
  const { Secret } = await import('#dist/config/values/secret.js');
  const home = await mkdtemp(join(parent, 'velro-template-'));
  const cluster = await PostgresCluster.open(home);
  try {
    await relax(home);
    await migrate({ ownerUrl: new Secret(cluster.ownerUrl), appUrl: new Secret(cluster.appUrl) });
    // Creates its own schema when it starts.
    const lite = await SupabaseLite.start(cluster.ownerUrl, home, false);
    await lite.stop();
    await lighten(home, cluster.ownerUrl);
  } finally {
    await cluster.stop();
  }
  await rm(join(home, 'identity.log'), { force: true });
  return home;
}

/**
 * PostgreSQL's own template databases are 600 of 1,600 files to copy for each test that starts a service, and no test creates a
 * database. A password that is derived by one round, not 4,096, makes thousands of new connections cheap.
 */
async function lighten(home: string, ownerUrl: string): Promise<void> {
  const passwords = JSON.parse(
    await readFile(join(await clusterOf(home), 'passwords.json'), 'utf8'),
  ) as Record<string, string>;
  const { port } = new URL(ownerUrl);
  const client = new pg.Client({
    connectionString: `postgres://postgres:${passwords['superuser'] ?? ''}@127.0.0.1:${port}/postgres`,
  });
  await client.connect();
  try {
    await client.query('set scram_iterations = 1');
    for (const [role, of] of Object.entries(roles))
      await client.query(`alter role ${role} password ${client.escapeLiteral(passwords[of] ?? '')}`);
    await client.query('update pg_database set datistemplate = false');
    for (const name of ['template0', 'template1']) await client.query(`drop database ${name}`);
  } finally {
    await client.end();
  }
}

/** Its folder, which may lie outside of the home where root starts it. */
export async function clusterOf(home: string): Promise<string> {
  const noted = await readFile(join(home, 'postgres-place'), 'utf8').catch(() => join(home, 'postgres'));
  return noted.trim();
}

/**
 * What a loss of power needs and no test has: a killed process leaves its writes with the system. Segments of the log are
 * neither zeroed nor kept for later, so that a copy of the folder is smaller. Every start writes a password anew, cheaply as well.
 */
async function relax(home: string): Promise<void> {
  const data = join(await clusterOf(home), 'data');
  await appendFile(
    join(data, 'postgresql.conf'),
    '\nfsync = off\nwal_init_zero = off\nwal_recycle = off\nscram_iterations = 1\n',
  );
  const [pid = ''] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGHUP');
}
