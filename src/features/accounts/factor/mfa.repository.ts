import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database, type Executor, type Transaction } from '../../../database/database.js';
import type { ClientContext } from '../../../network/client-context.js';
import { AuditTrail } from '../../audit/audit-trail.service.js';

export interface Factor {
  readonly sealedSecret: Buffer;
  /** Null while it is pending. */
  readonly confirmedAt: Date | null;
}

/** Factors and recovery codes. Every single-use change is one conditional statement. */
@Injectable()
export class MfaRepository {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  async isActive(userId: string, executor: Executor = this.database.query): Promise<boolean> {
    const row = await executor
      .selectFrom('mfa_factors')
      .select('user_id')
      .where('user_id', '=', userId)
      .where('confirmed_at', 'is not', null)
      .executeTakeFirst();
    return row !== undefined;
  }

  async find(userId: string): Promise<Factor | null> {
    const row = await this.database.query
      .selectFrom('mfa_factors')
      .select(['sealed_secret', 'confirmed_at'])
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return row === undefined ? null : { sealedSecret: row.sealed_secret, confirmedAt: row.confirmed_at };
  }

  /** Adds a pending factor, or replaces one. False when there is an active one. */
  async propose(userId: string, sealedSecret: Buffer): Promise<boolean> {
    const fields = { sealed_secret: sealedSecret, created_at: sql<Date>`now()` };
    const { numInsertedOrUpdatedRows = 0n } = await this.database.query
      .insertInto('mfa_factors')
      .values({ user_id: userId, ...fields })
      .onConflict((conflict) =>
        conflict.column('user_id').doUpdateSet(fields).where('mfa_factors.confirmed_at', 'is', null),
      )
      .executeTakeFirst();
    return numInsertedOrUpdatedRows > 0n;
  }

  /**
   * Conflicts with the foreign-key lock of sessions that are being inserted: after it, such a session is committed and
   * visible, or it reads the factor as this transaction leaves it.
   */
  async lockOwner(tx: Transaction, userId: string): Promise<void> {
    await tx.selectFrom('users').select('id').where('id', '=', userId).forUpdate().execute();
  }

  /** Activates exactly this pending factor and marks its first time step as used. False when it is gone or replaced. */
  async confirm(
    tx: Transaction,
    userId: string,
    { factor, step, now }: { readonly factor: Factor; readonly step: number; readonly now: Date },
    client: ClientContext,
  ): Promise<boolean> {
    const rows = await tx
      .updateTable('mfa_factors')
      .set({ confirmed_at: now, last_step: step })
      .where('user_id', '=', userId)
      .where('sealed_secret', '=', factor.sealedSecret)
      .where('confirmed_at', 'is', null)
      .returning(await this.audit.entry(tx, { action: 'factor.activated', subjectId: userId }, client))
      .execute();
    return rows.length > 0;
  }

  /**
   * Consumes a time step: true for one of any number of parallel calls, and never for the same or an older step
   * (replay).
   */
  async takeStep(userId: string, confirmedAt: Date, step: number): Promise<boolean> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('mfa_factors')
      .set({ last_step: step })
      .where('user_id', '=', userId)
      .where('confirmed_at', '=', confirmedAt)
      .where('last_step', '<', String(step))
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Replaces the secret by its encryption under the current key, unless it changed meanwhile. */
  async reseal(userId: string, before: Buffer, after: Buffer): Promise<void> {
    await this.database.query
      .updateTable('mfa_factors')
      .set({ sealed_secret: after })
      .where('user_id', '=', userId)
      .where('sealed_secret', '=', before)
      .execute();
  }

  /**
   * Consumes a recovery code: true for one of any number of parallel calls. The lookup is by keyed hash, so its timing
   * reveals nothing about a code.
   */
  async takeRecoveryCode(
    userId: string,
    hashes: readonly Buffer[],
    now: Date,
    client: ClientContext,
  ): Promise<boolean> {
    const { query } = this.database;
    const entry = { action: 'factor.code_used', subjectId: userId, actorId: userId } as const;
    const rows = await query
      .updateTable('mfa_recovery_codes')
      .set({ used_at: now })
      .where('user_id', '=', userId)
      .where('hash', 'in', [...hashes])
      .where('used_at', 'is', null)
      .returning(await this.audit.entry(query, entry, client))
      .execute();
    return rows.length > 0;
  }

  /** Replaces all recovery codes. False without an active factor; locking its row serialises parallel calls. */
  async replaceRecoveryCodes(
    tx: Transaction,
    userId: string,
    hashes: readonly Buffer[],
    client: ClientContext,
  ): Promise<boolean> {
    const factor = await tx
      .selectFrom('mfa_factors')
      .select('user_id')
      .where('user_id', '=', userId)
      .where('confirmed_at', 'is not', null)
      .forUpdate()
      .executeTakeFirst();
    if (factor === undefined) return false;
    await tx.deleteFrom('mfa_recovery_codes').where('user_id', '=', userId).execute();
    await tx
      .insertInto('mfa_recovery_codes')
      .values(hashes.map((hash) => ({ user_id: userId, hash })))
      .returning(await this.audit.entry(tx, { action: 'factor.codes_replaced', subjectId: userId }, client))
      .execute();
    return true;
  }

  /** `replaceRecoveryCodes` in its own transaction, with what belongs to it. */
  renewRecoveryCodes(
    userId: string,
    hashes: readonly Buffer[],
    client: ClientContext,
    within: (tx: Transaction) => Promise<void>,
  ): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const replaced = await this.replaceRecoveryCodes(tx, userId, hashes, client);
      if (replaced) await within(tx);
      return replaced;
    });
  }

  /** Removes the factor, active or pending, and its recovery codes with it. */
  async removeAny(tx: Transaction, userId: string, client: ClientContext | null): Promise<void> {
    await tx
      .deleteFrom('mfa_factors')
      .where('user_id', '=', userId)
      .returning(await this.audit.entry(tx, { action: 'factor.removed', subjectId: userId }, client))
      .execute();
  }

  /** Removes the active factor, and its recovery codes with it. False when there is none. */
  async remove(tx: Transaction, userId: string, client: ClientContext): Promise<boolean> {
    const rows = await tx
      .deleteFrom('mfa_factors')
      .where('user_id', '=', userId)
      .where('confirmed_at', 'is not', null)
      .returning(await this.audit.entry(tx, { action: 'factor.removed', subjectId: userId }, client))
      .execute();
    return rows.length > 0;
  }
}
