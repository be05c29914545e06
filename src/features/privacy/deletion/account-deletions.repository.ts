import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { accountDeletionPolicy } from '../../../../config/policy/privacy/deletion.js';
import { Database, type Executor, type Transaction } from '../../../database/database.js';
import type { AccountDeletions } from '../../../database/schema.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { AppendedEntry } from '../../audit/audit-trail.service.js';

export type DeletionStage = Selectable<AccountDeletions>['stage'];

export interface RequestedDeletion {
  readonly requestedAt: Date;
  readonly dueAt: Date;
}

/** A deletion that is due, and that this worker has. */
export interface ClaimedDeletion {
  readonly userId: string;
  readonly claim: string;
  readonly stage: DeletionStage;
  /** Since when the account is closed; null before. */
  readonly closedAt: Date | null;
  readonly addressHashes: readonly Buffer[];
  readonly failures: number;
}

const { graceDays, leaseMs } = accountDeletionPolicy;
const inSeconds = (seconds: number) => sql<Date>`now() + ${seconds} * interval '1 second'`;
const lease = inSeconds(leaseMs / 1000);

/** Accounts that are to be deleted, and those that were. */
@Injectable()
export class AccountDeletionsRepository {
  constructor(private readonly database: Database) {}

  async find(caller: Caller, executor: Executor = this.database.query): Promise<RequestedDeletion | null> {
    const row = await executor
      .selectFrom('account_deletions')
      .select(['requested_at', 'due_at'])
      .where('user_id', '=', caller.userId)
      .executeTakeFirst();
    return row === undefined ? null : { requestedAt: row.requested_at, dueAt: row.due_at };
  }

  /** False where it was requested before. */
  async add(tx: Transaction, caller: Caller, audited: AppendedEntry): Promise<boolean> {
    const due = inSeconds(graceDays * 24 * 3600);
    const rows = await tx
      .insertInto('account_deletions')
      .values({ user_id: caller.userId, due_at: due, work_at: due })
      .onConflict((conflict) => conflict.doNothing())
      .returning(audited)
      .execute();
    return rows.length > 0;
  }

  /** False where none waits. */
  async cancel(tx: Transaction, caller: Caller, audited: AppendedEntry): Promise<boolean> {
    const rows = await tx
      .deleteFrom('account_deletions')
      .where('user_id', '=', caller.userId)
      .where('stage', '=', 'waiting')
      .returning(audited)
      .execute();
    return rows.length > 0;
  }

  /** The deletion that is due for longest, for the length of a lease; null where none is. */
  async claim(claim: string): Promise<ClaimedDeletion | null> {
    const { rows } = await sql<ClaimedRow>`
      update velro.account_deletions set claim = ${claim}::uuid, work_at = ${lease}
      where user_id = (select user_id from velro.account_deletions where work_at <= now()
        order by work_at limit 1 for update skip locked)
      returning user_id, stage, closed_at, address_hashes, failures`.execute(this.database.query);
    const [row] = rows;
    return row === undefined ? null : toClaimed(row, claim);
  }

  /** For an account that is erased again: due at once, and this worker's. */
  async addDue(
    tx: Transaction,
    { userId, claim }: Pick<ClaimedDeletion, 'userId' | 'claim'>,
    audited: AppendedEntry,
  ): Promise<void> {
    const due = { due_at: sql<Date>`now()`, work_at: lease, claim };
    await tx
      .insertInto('account_deletions')
      .values({ user_id: userId, ...due })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(due))
      .returning(audited)
      .execute();
  }

  /** One that this worker has, as it is now. @throws DeletionLost */
  async held({ userId, claim }: Pick<ClaimedDeletion, 'userId' | 'claim'>): Promise<ClaimedDeletion> {
    const row = await this.database.query
      .selectFrom('account_deletions')
      .select(['user_id', 'stage', 'closed_at', 'address_hashes', 'failures'])
      .where('user_id', '=', userId)
      .where('claim', '=', claim)
      .executeTakeFirst();
    if (row === undefined) throw new DeletionLost();
    return toClaimed(row, claim);
  }

  /** Moves it to another stage and begins a new lease. @throws DeletionLost */
  async enter(
    { userId, claim }: Pick<ClaimedDeletion, 'userId' | 'claim'>,
    stage: DeletionStage,
    executor: Executor = this.database.query,
  ): Promise<void> {
    await this.update(executor, userId, claim, sql`stage = ${stage}, failures = 0, work_at = ${lease}`);
  }

  /** @throws DeletionLost */
  async close(
    tx: Transaction,
    { userId, claim }: Pick<ClaimedDeletion, 'userId' | 'claim'>,
    addressHashes: readonly Buffer[],
  ): Promise<void> {
    await this.update(
      tx,
      userId,
      claim,
      sql`stage = 'closing', closed_at = now(), address_hashes = ${[...addressHashes]}::bytea[], work_at = ${lease}`,
    );
  }

  /** A sign of life. @throws DeletionLost */
  async renew({ userId, claim }: Pick<ClaimedDeletion, 'userId' | 'claim'>): Promise<void> {
    await this.update(this.database.query, userId, claim, sql`work_at = ${lease}`);
  }

  /** Ends the lease; the next look is in so many seconds. Nothing where it is lost. `failures`: in a row. */
  async release(
    { userId, claim }: Pick<ClaimedDeletion, 'userId' | 'claim'>,
    seconds: number,
    failures: number,
  ): Promise<void> {
    await sql`
      update velro.account_deletions set claim = null, work_at = ${inSeconds(seconds)}, failures = ${failures}
      where user_id = ${userId}::uuid and claim = ${claim}::uuid`.execute(this.database.query);
  }

  /** Nothing is left of the account but its hash, in one statement. @throws DeletionLost */
  async finish({ userId, claim }: ClaimedDeletion, pseudonym: Buffer): Promise<void> {
    const { rows } = await sql`
      with gone as (
        delete from velro.account_deletions where user_id = ${userId}::uuid and claim = ${claim}::uuid and stage = 'checking' returning 1
      ), noted as (
        insert into velro.erased_accounts (pseudonym) select ${pseudonym}::bytea from gone on conflict do nothing
      )
      select from gone`.execute(this.database.query);
    if (rows.length === 0) throw new DeletionLost();
  }

  private async update(
    executor: Executor,
    userId: string,
    claim: string,
    change: ReturnType<typeof sql>,
  ): Promise<void> {
    const { numAffectedRows = 0n } = await sql`
      update velro.account_deletions set ${change} where user_id = ${userId}::uuid and claim = ${claim}::uuid`.execute(
      executor,
    );
    if (numAffectedRows === 0n) throw new DeletionLost();
  }
}

type ClaimedRow = Pick<
  Selectable<AccountDeletions>,
  'user_id' | 'stage' | 'closed_at' | 'address_hashes' | 'failures'
>;

const toClaimed = (row: ClaimedRow, claim: string): ClaimedDeletion => ({
  userId: row.user_id,
  claim,
  stage: row.stage,
  closedAt: row.closed_at,
  addressHashes: row.address_hashes,
  failures: row.failures,
});

/** Another worker has it: this one stood still for longer than its lease. */
export class DeletionLost extends Error {
  override readonly name = 'DeletionLost';
  constructor() {
    super('another worker has the deletion');
  }
}
