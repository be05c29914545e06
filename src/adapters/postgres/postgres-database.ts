import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { databaseLimits } from '../../../config/policy/operations/database.js';
import type { Secret } from '../../../config/values/secret.js';
import { Database, DatabaseBusy, type Executor, type Transaction } from '../../database/database.js';
import type { DB } from '../../database/schema.js';
import type { PeerCertificates } from '../../observability/peer-certificates.js';
import type { StatementTimes } from '../../observability/statement-times.js';
import { within } from '../../tasks/within.js';
import { keptTraceId } from '../../observability/tracing/spans.js';
import { traceStatement } from '../../observability/tracing/statement-span.js';
import { AbandonedClients } from './abandoned-clients.js';

/** What is observed of a pool. */
export interface DatabaseMeasures {
  readonly times: StatementTimes;
  readonly certificates: PeerCertificates;
}

/** The driver types no stream. */
const streamOf = (client: pg.PoolClient): unknown =>
  (client as unknown as { readonly connection?: { readonly stream?: unknown } }).connection?.stream;

/** The connection pool of the service's role. */
export class PostgresDatabase extends Database {
  readonly query: Executor;
  private readonly reserve: Executor;
  private readonly pool: pg.Pool;
  private readonly reservePool: pg.Pool;
  private readonly abandoned = new AbandonedClients();
  /** When the server last answered a statement, be it with an error of its own; monotonic milliseconds. */
  private answeredAt = -Infinity;

  /** `isAudited`: what must be in the audit log is not committed without its entry. `measures`: what is observed of statements and connections. */
  constructor(
    url: Secret,
    onIdleError: (error: Error) => void,
    private readonly limits = databaseLimits,
    private readonly isAudited = false,
    private readonly measures: DatabaseMeasures | null = null,
  ) {
    super();
    this.pool = this.createPool(url, limits.poolSize, onIdleError);
    this.query = this.createExecutor(this.pool);
    // Never closed for being idle: on a busy machine it might not be opened again in time.
    this.reservePool = this.createPool(url, 1, onIdleError, { idleTimeoutMillis: 0 });
    this.reserve = this.createExecutor(this.reservePool);
  }

  /**
   * Opens all connections, so that the first requests do not wait for any. One that cannot be opened is left to them: the
   * database may come later.
   */
  async warm(): Promise<void> {
    const wanted = [this.reservePool, ...Array.from({ length: this.limits.poolSize }, () => this.pool)];
    const opened = await Promise.allSettled(wanted.map((pool) => pool.connect()));
    for (const one of opened) if (one.status === 'fulfilled') one.value.release();
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.query.transaction().execute(work);
  }

  reserved<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.reserve.transaction().execute(work);
  }

  connections(): { busy: number; idle: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  private createPool(
    url: Secret,
    max: number,
    onIdleError: (error: Error) => void,
    more: Pick<pg.PoolConfig, 'idleTimeoutMillis'> = {},
  ): pg.Pool {
    const { connectTimeoutMs, statementTimeoutMs } = this.limits;
    const pool = new pg.Pool({
      connectionString: url.reveal(),
      max,
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: statementTimeoutMs,
      // The driver's own limit, for a database that is frozen and cannot keep its own.
      query_timeout: statementTimeoutMs + 100,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
      application_name: 'velro',
      ...more,
    });
    // An idle connection that breaks must not end the process; the next query opens another.
    pool.on('error', onIdleError);
    // Nor must one that breaks between two statements of a transaction: the next statement fails, and that is enough.
    pool.on('connect', (client) => {
      client.on('error', () => undefined);
      this.abandoned.watch(client);
      this.measures?.certificates.note('database', streamOf(client));
      // Before whatever waits for the connection. Not as a parameter of its start: poolers do not pass it on.
      if (this.isAudited) client.query("set velro.audits = 'on'").catch(() => undefined);
    });
    return pool;
  }

  private createExecutor(pool: pg.Pool): Executor {
    const { options } = pool;
    return new Kysely<DB>({
      dialect: new PostgresDialect({
        pool: { options, connect: () => this.connect(pool), end: () => pool.end() },
      }),
      log: (event) => {
        traceStatement(event);
        this.measures?.times.observe(event.query.sql, event.queryDurationMillis / 1000, keptTraceId());
        if (event.level === 'query' || event.error instanceof pg.DatabaseError)
          this.answeredAt = performance.now();
      },
    }).withSchema('velro');
  }

  /** @throws DatabaseBusy, or the driver's error when the database is gone */
  private async connect(pool: pg.Pool): Promise<pg.PoolClient> {
    try {
      return this.abandoned.closeAtRelease(await pool.connect());
    } catch (error) {
      const { totalCount, idleCount } = pool;
      const isAlive = performance.now() - this.answeredAt < this.limits.aliveMs;
      if (isAlive && totalCount >= pool.options.max && idleCount === 0)
        throw new DatabaseBusy('every connection is in use', { cause: error });
      throw error;
    }
  }

  async isWritable(): Promise<boolean> {
    const { rows } = await sql<{ writable: boolean }>`
      select current_setting('transaction_read_only') = 'off' as writable`.execute(this.query);
    return rows[0]?.writable === true;
  }

  async ping(): Promise<void> {
    const late = 'timeout exceeded when trying to connect';
    await within(sql`select 1`.execute(this.query), this.limits.connectTimeoutMs, late);
  }

  async close(): Promise<void> {
    await Promise.all([this.query.destroy(), this.reserve.destroy()]);
    // An executor that was never asked does not end its pool.
    for (const pool of [this.pool, this.reservePool]) if (!pool.ending) await pool.end();
  }
}
