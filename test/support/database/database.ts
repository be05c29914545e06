import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

interface Place {
  readonly superuser: string;
  readonly app: string;
  readonly port: string;
}

function placeOf(home: string): Place {
  const note = join(home, 'postgres-place');
  const cluster = existsSync(note) ? readFileSync(note, 'utf8').trim() : join(home, 'postgres');
  const passwords = JSON.parse(readFileSync(join(cluster, 'passwords.json'), 'utf8')) as {
    superuser: string;
    app: string;
  };
  return {
    ...passwords,
    port: readFileSync(join(cluster, 'data', 'postmaster.pid'), 'utf8').split('\n')[3] ?? '',
  };
}

/** Where a second instance finds the database of the first. */
export function appUrl(home: string): string {
  const { app, port } = placeOf(home);
  return `postgres://velro_app:${app}@127.0.0.1:${port}/velro`;
}

/** For tests that hold something for a while. */
export function superuserUrl(home: string): string {
  const { superuser, port } = placeOf(home);
  return `postgres://postgres:${superuser}@127.0.0.1:${port}/velro`;
}

/** Idle connections are kept for a moment: whoever waits for a row asks many times a second, and each new one is a process. */
const pools = new Map<string, pg.Pool>();

function poolOf(connectionString: string): pg.Pool {
  const known = pools.get(connectionString);
  if (known !== undefined) return known;
  const pool = new pg.Pool({ connectionString, max: 50, idleTimeoutMillis: 500, allowExitOnIdle: true });
  // One that is idle when its database ends is gone; the next question opens another.
  pool.on('error', () => undefined);
  pools.set(connectionString, pool);
  return pool;
}

/** Looks into the embedded database of a VELRO_HOME as its superuser. A statement must leave its session as it was. */
export async function ask<T extends pg.QueryResultRow>(
  home: string,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  return (await poolOf(superuserUrl(home)).query<T>(sql, values)).rows;
}

/** Accounts whose two figures are not the sums of their ledger: must be none. */
export const unbalanced = `
  select u.id from velro.users u
  left join (select user_id, sum(balance_change) b, sum(reserved_change) r from velro.credit_entries group by 1) e on e.user_id = u.id
  where u.credits_balance <> coalesce(e.b, 0) or u.credits_reserved <> coalesce(e.r, 0)`;

/** Whether a session of the database executes `pg_sleep`: what its transaction did before has happened. */
export async function isSleeping(home: string): Promise<boolean> {
  const rows = await ask(home, "select from pg_stat_activity where wait_event = 'PgSleep'");
  return rows.length > 0;
}
