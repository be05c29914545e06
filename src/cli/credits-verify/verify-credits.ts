import pg from 'pg';
import type { Secret } from '../../../config/values/secret.js';
import { accounts, generations, type Question } from './questions.js';

const nobody = '00000000-0000-0000-0000-000000000000';
/** Rows checked by one statement. */
const pageSize = 200;
/** Milliseconds. Longer than the timeouts of the service, because no client request waits for it. */
const statementTimeoutMs = 60_000;

export interface Fault {
  readonly of: 'account' | 'generation';
  readonly id: string;
  readonly what: string;
}

export interface Checked {
  readonly accounts: number;
  readonly generations: number;
}

/**
 * Compares every account and every generation with the ledger, and accounts with their files. Read-only, one page at a time;
 * may run while the service runs. Calls `tell` for each fault as it is found. Rejects with the error of the PostgreSQL driver.
 */
export async function verifyCredits(url: Secret, tell: (fault: Fault) => void): Promise<Checked> {
  const client = new pg.Client({
    connectionString: url.reveal(),
    connectionTimeoutMillis: 10_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 1000,
    application_name: 'velro-verify',
  });
  // A lost connection rejects the running query and must not end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('set default_transaction_read_only = on');
    return {
      accounts: await walk(client, accounts, (id, what) => {
        tell({ of: 'account', id, what });
      }),
      generations: await walk(client, generations, (id, what) => {
        tell({ of: 'generation', id, what });
      }),
    };
  } finally {
    await client.end();
  }
}

/** Returns the number of checked rows. */
async function walk(
  client: pg.Client,
  question: Question,
  tell: (id: string, what: string) => void,
): Promise<number> {
  let [after, looked] = [nobody, 0];
  for (;;) {
    const { rows } = await client.query<{ id: string; faults: string[] }>(question, [after, pageSize]);
    for (const { id, faults } of rows) for (const what of faults) tell(id, what);
    looked += rows.length;
    const last = rows.at(-1);
    if (last === undefined) return looked;
    after = last.id;
  }
}
