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

/** Looks into the embedded database of a VELRO_HOME as its superuser. */
export async function ask<T extends pg.QueryResultRow>(
  home: string,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client({ connectionString: superuserUrl(home) });
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end();
  }
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
