import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database, type Executor } from '../../../database/database.js';

export const serviceKeyNames = ['chain', 'service', 'signer'] as const;
export type ServiceKeyName = (typeof serviceKeyNames)[number];

export interface StoredSubjectKey {
  readonly sealed: Buffer;
  /** Whether it outlives a transaction that fails. */
  readonly isCommitted: boolean;
}

export interface SealedSubjectKey {
  readonly userId: string;
  readonly sealed: Buffer;
}

/** Keys of the audit log, each sealed under AUDIT_ENC_KEY. */
@Injectable()
export class AuditKeysRepository {
  constructor(private readonly database: Database) {}

  async find(name: ServiceKeyName, executor: Executor = this.database.query): Promise<Buffer | null> {
    const row = await executor
      .selectFrom('audit_keys')
      .select('sealed')
      .where('name', '=', name)
      .executeTakeFirst();
    return row?.sealed ?? null;
  }

  /** The stored one where there is one already: of two instances that make it, one does. */
  async keep(name: ServiceKeyName, made: Buffer): Promise<Buffer> {
    await this.database.query
      .insertInto('audit_keys')
      .values({ name, sealed: made })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const stored = await this.find(name);
    if (stored === null) throw new Error('a key of the audit log vanished while it was stored');
    return stored;
  }

  /**
   * The key of an account: the stored one, or else `made`, which is stored. Null for an account that is gone. `pseudonym`: by which its
   * entries are found. The account's row is taken first: whoever holds it would wait for the key, and this for the row.
   */
  async keepOf(
    userId: string,
    pseudonym: Buffer,
    made: Buffer,
    executor: Executor,
  ): Promise<StoredSubjectKey | null> {
    await sql`
      with account as (select id from velro.users where id = ${userId}::uuid for key share), named as (
        insert into velro.audit_subjects (pseudonym, user_id) select ${pseudonym}, id from account on conflict do nothing)
      insert into velro.audit_subject_keys (user_id, sealed) select id, ${made} from account on conflict (user_id) do nothing`.execute(
      executor,
    );
    return this.findOf(userId, pseudonym, executor);
  }

  /** Null for an account that is gone, or is not known by this pseudonym yet. */
  async findOf(userId: string, pseudonym: Buffer, executor: Executor): Promise<StoredSubjectKey | null> {
    const { rows } = await sql<{ sealed: Buffer; is_own: boolean | null }>`
      select k.sealed, pg_current_xact_id_if_assigned()::xid in (k.xmin, s.xmin) as is_own
      from velro.audit_subject_keys k join velro.audit_subjects s on s.user_id = k.user_id and s.pseudonym = ${pseudonym}
      where k.user_id = ${userId}::uuid`.execute(executor);
    const [row] = rows;
    return row === undefined ? null : { sealed: row.sealed, isCommitted: row.is_own !== true };
  }

  async reseal(name: ServiceKeyName, before: Buffer, after: Buffer): Promise<void> {
    await this.database.query
      .updateTable('audit_keys')
      .set({ sealed: after })
      .where('name', '=', name)
      .where('sealed', '=', before)
      .execute();
  }

  /** In the order of the accounts' ids, behind `after`; null for the first ones. */
  async subjects(after: string | null, atMost: number): Promise<readonly SealedSubjectKey[]> {
    const rows = await this.database.query
      .selectFrom('audit_subject_keys')
      .select(['user_id', 'sealed'])
      .$if(after !== null, (query) => query.where('user_id', '>', after))
      .orderBy('user_id')
      .limit(atMost)
      .execute();
    return rows.map(({ user_id: userId, sealed }) => ({ userId, sealed }));
  }

  /** Keys that are gone meanwhile stay gone. */
  async resealSubjects(keys: readonly (SealedSubjectKey & { readonly after: Buffer })[]): Promise<void> {
    await sql`
      update velro.audit_subject_keys k set sealed = given.after
      from unnest(${keys.map(({ userId }) => userId)}::uuid[], ${keys.map(({ sealed }) => sealed)}::bytea[],
        ${keys.map(({ after }) => after)}::bytea[]) as given (user_id, before, after)
      where k.user_id = given.user_id and k.sealed = given.before`.execute(this.database.query);
  }
}
