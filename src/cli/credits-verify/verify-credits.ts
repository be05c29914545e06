import type pg from 'pg';
import { verificationPolicy } from '../../../config/policy/operations/verification.js';
import type { Secret } from '../../../config/values/secret.js';
import { withReadOnlyClient } from '../read-only-client.js';
import { accounts, calls, generations, type Question } from './questions.js';

const nobody = '00000000-0000-0000-0000-000000000000';

export interface Fault {
  readonly of: 'account' | 'generation' | 'call';
  readonly id: string;
  readonly what: string;
}

export interface Checked {
  readonly accounts: number;
  readonly generations: number;
  /** Of language models, that cost credits. */
  readonly calls: number;
}

/**
 * Compares every account, every generation and every call that costs credits with the ledger, and accounts with their files. Read-only, one page at a time;
 * may run while the service runs. Calls `tell` for each fault as it is found. Rejects with the error of the PostgreSQL driver.
 */
export function verifyCredits(url: Secret, tell: (fault: Fault) => void): Promise<Checked> {
  return withReadOnlyClient(url, async (client) => ({
    accounts: await walk(client, accounts, (id, what) => {
      tell({ of: 'account', id, what });
    }),
    generations: await walk(client, generations, (id, what) => {
      tell({ of: 'generation', id, what });
    }),
    calls: await walk(client, calls, (id, what) => {
      tell({ of: 'call', id, what });
    }),
  }));
}

/** Returns the number of checked rows. */
async function walk(
  client: pg.Client,
  question: Question,
  tell: (id: string, what: string) => void,
): Promise<number> {
  let [after, looked] = [nobody, 0];
  for (;;) {
    const { rows } = await client.query<{ id: string; faults: string[] }>(question, [
      after,
      verificationPolicy.rowsPerPage,
    ]);
    for (const { id, faults } of rows) for (const what of faults) tell(id, what);
    looked += rows.length;
    const last = rows.at(-1);
    if (last === undefined) return looked;
    after = last.id;
  }
}
