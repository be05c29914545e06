import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Executor, Transaction } from '../../database/database.js';
import type { AppendedEntry } from '../audit/audit-trail.service.js';

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

  /** Blocks sign-ins for `seconds`. False while another password change is under way. */
  async beginChange(
    tx: Transaction,
    id: string,
    change: string,
    seconds: number,
    audited: AppendedEntry,
  ): Promise<boolean> {
    const rows = await tx
      .updateTable('users')
      .set({
        password_change: change,
        password_changing_until: sql<Date>`clock_timestamp() + make_interval(secs => ${seconds})`,
      })
      .where('id', '=', id)
      .where((or) =>
        or.or([
          or('password_changing_until', 'is', null),
          or('password_changing_until', '<', sql<Date>`clock_timestamp()`),
        ]),
      )
      .returning(audited)
      .execute();
    return rows.length > 0;
  }

  /** Allows sign-ins again. False when this change is no longer under way. */
  async endChange(tx: Transaction, id: string, change: string, audited: AppendedEntry): Promise<boolean> {
    const rows = await tx
      .updateTable('users')
      .set({ password_change: null, password_changing_until: null })
      .where('id', '=', id)
      .where('password_change', '=', change)
      .returning(audited)
      .execute();
    return rows.length > 0;
  }
}
