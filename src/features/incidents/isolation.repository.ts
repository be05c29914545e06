import { sql } from 'kysely';
import { incidentPolicy } from '../../../config/policy/privacy/incidents.js';
import type { Database, Transaction } from '../../database/database.js';

export interface SignInSwitch {
  readonly closedAt: Date | null;
  /** Because of which incident it is closed. */
  readonly incidentId: string | null;
}

const { clockSeconds, sessionBatch } = incidentPolicy;

/** The switch of sign-ins, which every instance obeys: one row, announced like a revocation. */
export class IsolationRepository {
  constructor(private readonly database: Database) {}

  /** Behind every transaction that begins or renews a session; those that come later wait for `tx`, and see what it did. */
  async lock(tx: Transaction): Promise<SignInSwitch> {
    await sql`lock table velro.sign_in_gate in exclusive mode`.execute(tx);
    return this.read(tx);
  }

  async close(tx: Transaction, incidentId: string): Promise<void> {
    await tx
      .updateTable('sign_in_switch')
      .set({ closed_at: sql<Date>`now()`, incident_id: incidentId })
      .execute();
    await tx
      .updateTable('incidents')
      .set({ isolated_at: sql<Date>`now()`, reopened_at: null })
      .where('id', '=', incidentId)
      .execute();
  }

  /** Tokens that were made before stay refused, also those of a clock that is ahead. */
  async reopen(tx: Transaction, incidentId: string): Promise<void> {
    await tx
      .updateTable('sign_in_switch')
      .set({
        closed_at: null,
        incident_id: null,
        tokens_after: sql<Date>`greatest(now(), closed_at + make_interval(secs => ${clockSeconds}))`,
      })
      .execute();
    await tx
      .updateTable('incidents')
      .set({ reopened_at: sql<Date>`now()` })
      .where('id', '=', incidentId)
      .execute();
  }

  /**
   * Ends a batch of the sessions behind `after` that have not ended. `last`: the last of them, by which the next batch goes on; null when
   * there was none.
   */
  async endSessions(
    tx: Transaction,
    after: string,
  ): Promise<{ readonly ended: number; readonly last: string | null }> {
    const { rows } = await sql<{ id: string }>`
      update velro.sessions set ended_at = now() where id in (
        select id from velro.sessions where id > ${after}::uuid and ended_at is null order by id limit ${sessionBatch})
      returning id::text`.execute(tx);
    const last = rows.reduce<string | null>((most, { id }) => (most === null || id > most ? id : most), null);
    return { ended: rows.length, last };
  }

  async haveAllSessionsEnded(tx: Transaction): Promise<boolean> {
    const { rows } = await sql`select from velro.sessions where ended_at is null limit 1`.execute(tx);
    return rows.length === 0;
  }

  async read(executor = this.database.query): Promise<SignInSwitch> {
    const row = await executor
      .selectFrom('sign_in_switch')
      .select(['closed_at', 'incident_id'])
      .executeTakeFirstOrThrow();
    return { closedAt: row.closed_at, incidentId: row.incident_id };
  }
}
