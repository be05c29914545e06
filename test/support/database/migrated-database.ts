import { rmSync } from 'node:fs';
import pg from 'pg';
import { databaseLimits } from '../../../config/policy/operations/database.js';
import { Secret } from '../../../config/values/secret.js';
import { PostgresCluster } from '../../../src/adapters/embedded/postgres/postgres-cluster.js';
import { PostgresDatabase } from '../../../src/adapters/postgres/postgres-database.js';
import { isPrepared, templateHome } from './template-home.js';

/** Bursts of hundreds of statements on a busy machine wait for longer than a request of the service would. */
const patient = { ...databaseLimits, connectTimeoutMs: 60_000, statementTimeoutMs: 60_000 };

/** A real database with every migration, and connections to it as the service has them. */
export class MigratedDatabase {
  private readonly connections: PostgresDatabase[] = [];

  private constructor(
    private readonly home: string,
    private readonly cluster: PostgresCluster,
  ) {}

  static async start(): Promise<MigratedDatabase> {
    const home = templateHome();
    const cluster = await PostgresCluster.open(home);
    if (!isPrepared()) {
      const { migrate } = await import('../../../src/adapters/postgres/migrate.js');
      await migrate({ ownerUrl: new Secret(cluster.ownerUrl), appUrl: new Secret(cluster.appUrl) });
    }
    return new MigratedDatabase(home, cluster);
  }

  /** For whoever connects by itself. */
  get appUrl(): string {
    return this.cluster.appUrl;
  }

  /** The URL of a new login of the database that was granted nothing. */
  async strangerUrl(): Promise<string> {
    const owner = new pg.Client({ connectionString: this.cluster.ownerUrl });
    await owner.connect();
    await owner.query("create role stranger login password 'stranger'");
    await owner.end();
    const url = new URL(this.cluster.appUrl);
    url.username = url.password = 'stranger';
    return url.href;
  }

  /** One more instance's connections. `isAudited`: what must be in the audit log is not committed without its entry, as in a service. */
  connect({ isAudited = false }: { readonly isAudited?: boolean } = {}): PostgresDatabase {
    const url = new Secret(this.cluster.appUrl);
    const database = new PostgresDatabase(url, () => undefined, patient, isAudited);
    this.connections.push(database);
    return database;
  }

  /** What the autovacuum would do in time: plans know how much there is. */
  async analyze(): Promise<void> {
    await this.asOwner('analyze');
  }

  /** What the service itself may not do. */
  async asOwner(statement: string): Promise<void> {
    const owner = new pg.Client({ connectionString: this.cluster.ownerUrl });
    await owner.connect();
    try {
      await owner.query(statement);
    } finally {
      await owner.end();
    }
  }

  /** Does `work` while a transaction of the owner holds what `statement` locks. */
  async whileOwner(statement: string, work: () => Promise<unknown>): Promise<void> {
    const owner = new pg.Client({ connectionString: this.cluster.ownerUrl });
    await owner.connect();
    try {
      await owner.query('begin');
      await owner.query(statement);
      await work();
      await owner.query('rollback');
    } finally {
      await owner.end();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.connections.map((one) => one.close()));
    await this.cluster.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}
