import { chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { PostgresCluster } from '../../../src/adapters/embedded/postgres/postgres-cluster.js';
import type { Certificates } from '../process/certificates.js';
import { hungAfterMs } from '../process/wait-until.js';

/** A PostgreSQL that speaks TLS to everybody, as a hosted one does. */
export class TlsDatabase {
  private constructor(
    private readonly cluster: PostgresCluster,
    private readonly ca: string,
    private readonly superuserUrl: string,
  ) {}

  static async start(home: string, certificates: Certificates): Promise<TlsDatabase> {
    const cluster = await PostgresCluster.open(home);
    try {
      const superuserUrl = superuserUrlOf(home, cluster);
      encrypt(join(folderOf(home), 'data'), certificates);
      await reload(superuserUrl);
      const database = new TlsDatabase(cluster, readFileSync(certificates.ca, 'utf8'), superuserUrl);
      await database.untilEncrypted();
      return database;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get ownerUrl(): string {
    return verified(this.cluster.ownerUrl);
  }

  get appUrl(): string {
    return verified(this.cluster.appUrl);
  }

  /** For a program that has no way to trust our authority: encrypted, not verified. */
  get ownerUrlForStandIns(): string {
    return this.cluster.ownerUrl + '?sslmode=require';
  }

  /** The message by which the database refuses a connection without TLS; throws when it does not. */
  async refusalWithoutTls(): Promise<string> {
    const client = new pg.Client({ connectionString: this.cluster.appUrl });
    try {
      await client.connect();
    } catch (error) {
      return (error as Error).message;
    } finally {
      await client.end().catch(() => undefined);
    }
    throw new Error('the database takes connections without TLS');
  }

  /** Asks as superuser. */
  ask<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    return this.askAs<T>(this.superuserUrl, sql, values);
  }

  /** Asks with the rights that the service has. */
  askAsService<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    return this.askAs<T>(this.cluster.appUrl, sql, values);
  }

  stop(): Promise<void> {
    return this.cluster.stop();
  }

  private async askAs<T extends pg.QueryResultRow>(
    url: string,
    sql: string,
    values: unknown[],
  ): Promise<T[]> {
    const client = new pg.Client({ connectionString: url, ssl: { ca: this.ca } });
    await client.connect();
    try {
      return (await client.query<T>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  private async untilEncrypted(): Promise<void> {
    for (const deadline = Date.now() + hungAfterMs; ;) {
      try {
        await this.ask('select 1');
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

const folderOf = (home: string): string => {
  const note = join(home, 'postgres-place');
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : join(home, 'postgres');
};

function superuserUrlOf(home: string, cluster: PostgresCluster): string {
  const passwords = JSON.parse(readFileSync(join(folderOf(home), 'passwords.json'), 'utf8')) as {
    superuser: string;
  };
  const url = new URL(cluster.ownerUrl);
  url.username = 'postgres';
  url.password = passwords.superuser;
  return url.href;
}

/** The name stands in the certificate; the driver checks it, and the chain. */
function verified(text: string): string {
  const url = new URL(text);
  url.hostname = 'localhost';
  url.search = '?sslmode=verify-full';
  return url.href;
}

function encrypt(data: string, { certificate, key }: Certificates): void {
  const { uid, gid } = statSync(data);
  // The server takes no key that others may read.
  for (const [from, to] of [
    [certificate, 'server.crt'],
    [key, 'server.key'],
  ] as const) {
    writeFileSync(join(data, to), readFileSync(from), { mode: 0o600 });
    chownSync(join(data, to), uid, gid);
  }
  writeFileSync(join(data, 'postgresql.conf'), '\nssl = on\nssl_min_protocol_version = TLSv1.2\n', {
    flag: 'a',
  });
  writeFileSync(join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
}

async function reload(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_reload_conf()');
  } finally {
    await client.end();
  }
}
