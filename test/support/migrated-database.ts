import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../config/secret.js';
import { PostgresCluster } from '../../src/adapters/embedded/postgres-cluster.js';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { PostgresDatabase } from '../../src/adapters/postgres/postgres-database.js';

/** A real database with every migration, and connections to it as the service has them. */
export class MigratedDatabase {
  private readonly connections: PostgresDatabase[] = [];

  private constructor(
    private readonly home: string,
    private readonly cluster: PostgresCluster,
  ) {}

  static async start(): Promise<MigratedDatabase> {
    const home = mkdtempSync(join(tmpdir(), 'velro-database-'));
    const cluster = await PostgresCluster.open(home);
    await migrate({ ownerUrl: new Secret(cluster.ownerUrl), appUrl: new Secret(cluster.appUrl) });
    return new MigratedDatabase(home, cluster);
  }

  /** One more instance's connections. */
  connect(): PostgresDatabase {
    const database = new PostgresDatabase(new Secret(this.cluster.appUrl), () => undefined);
    this.connections.push(database);
    return database;
  }

  async stop(): Promise<void> {
    await Promise.all(this.connections.map((one) => one.close()));
    await this.cluster.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}
