import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor, Transaction } from '../../database/database.js';

/** Who holds the mail chose the password, or the identity provider proved the address itself. */
export type ProofKind = 'password' | 'exchange';

/** What an account's row holds of its identity at the provider: address, proofs, last appearance. */
@Injectable()
export class IdentityRecordRepository {
  /** Takes over the address that the identity provider has; nobody has proven it here. */
  async setEmail(executor: Executor, id: string, email: string): Promise<void> {
    await executor
      .updateTable('users')
      .set({ email, address_taken_at: sql<Date>`clock_timestamp()` })
      .where('id', '=', id)
      .execute();
  }

  /** Sets an address that its holder has just proven. */
  async setProvenEmail(tx: Transaction, id: string, email: string): Promise<void> {
    await tx.updateTable('users').set({ email, address_taken_at: null }).where('id', '=', id).execute();
  }

  async noteIdentitySeen(executor: Executor, id: string): Promise<void> {
    await executor
      .updateTable('users')
      .set({ identity_seen_at: sql<Date>`clock_timestamp()` })
      .where('id', '=', id)
      .execute();
  }

  /** Records the proof of the address; the first time of its kind stays. */
  async recordProof(tx: Transaction, id: string, kind: ProofKind): Promise<void> {
    const column = kind === 'password' ? 'proven_at' : 'exchanged_at';
    await tx
      .updateTable('users')
      .set({
        [column]: sql<Date>`coalesce(${sql.ref(column)}, clock_timestamp())`,
        address_taken_at: null,
      })
      .where('id', '=', id)
      .execute();
  }
}
