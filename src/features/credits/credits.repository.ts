import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import { Database, type Executor, type Transaction } from '../../database/database.js';
import type { ClientContext } from '../../network/client-context.js';
import { AuditTrail, type AppendedEntry } from '../audit/audit-trail.service.js';
import { WebhookEvents } from '../webhooks/events/webhook-events.service.js';

export const entryKinds = ['grant', 'adjust', 'reserve', 'commit', 'release'] as const;
export type EntryKind = (typeof entryKinds)[number];

/** One entry of the ledger, with the changes to the account's balance and reserve. */
export interface Entry {
  readonly userId: string;
  readonly generationId: string | null;
  readonly kind: EntryKind;
  readonly balance: number;
  readonly reserved: number;
  /** For an adjustment: its administrator and reason. */
  readonly adjustment: {
    readonly actorId: string;
    readonly reason: string;
    readonly client: ClientContext;
  } | null;
}

export interface Figures {
  readonly balance: number;
  readonly reserved: number;
}

/** What can be spent of a balance, and by an API key of the credits that its owner allows it this month; null: no cap of its own. */
export interface SpendableCredits {
  readonly balance: number;
  readonly ofKey: number | null;
}

/** How credits came to an account, as its webhook says. */
type GrantKind = 'starting' | 'monthly' | 'corrected' | 'topped_up';

/** What is given back is no grant. */
const grantOf: Partial<Record<EntryKind, GrantKind>> = { grant: 'starting', adjust: 'corrected' };

/** Balances and the ledger, each change one conditional statement. */
@Injectable()
export class CreditsRepository {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookEvents,
    private readonly audit: AuditTrail,
  ) {}

  /** Applies the changes if the balance covers them. Null when it does not, or when there is no such account. */
  async move(tx: Transaction, { userId, balance, reserved }: Entry): Promise<Figures | null> {
    const row = await tx
      .updateTable('users')
      .set({
        credits_balance: sql<string>`credits_balance + ${balance}`,
        credits_reserved: sql<string>`credits_reserved + ${reserved}`,
      })
      .where('id', '=', userId)
      .where(sql<boolean>`credits_balance + ${balance} >= 0`)
      .returning(['credits_balance', 'credits_reserved'])
      .executeTakeFirst();
    return row === undefined
      ? null
      : { balance: Number(row.credits_balance), reserved: Number(row.credits_reserved) };
  }

  /** Adds the entry, the webhook of what is given, and what the audit log says of an adjustment. False when the generation has an entry of this kind already. */
  async note(tx: Transaction, entry: Entry): Promise<boolean> {
    const grant = entry.balance > 0 ? grantOf[entry.kind] : undefined;
    const rows = await tx
      .insertInto('credit_entries')
      .values({
        user_id: entry.userId,
        generation_id: entry.generationId,
        kind: entry.kind,
        balance_change: entry.balance,
        reserved_change: entry.reserved,
        actor_id: entry.adjustment?.actorId ?? null,
        reason: entry.adjustment?.reason ?? null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning([
        'id',
        (grant === undefined ? sql<number>`0` : this.granted(sql.ref('user_id'), grant)).as('webhooks'),
        await this.audited(tx, entry),
      ])
      .execute();
    return rows.length > 0;
  }

  /**
   * Gives `amount` to at most `atMost` accounts that have nothing of `month` (2026-11) yet, and marks them. Returns how many. An
   * account that is locked or disabled is left to a later run.
   */
  async grantMonth(month: string, amount: number, atMost: number): Promise<number> {
    const { rows } = await sql`
      with due as (
        select id from velro.users where granted_month < ${month} and disabled_at is null
        order by granted_month limit ${atMost} for update skip locked
      ), granted as (
        update velro.users u set credits_balance = u.credits_balance + ${amount}::bigint, granted_month = ${month}
        from due where u.id = due.id returning u.id
      )
      insert into velro.credit_entries (user_id, kind, balance_change, reserved_change, reason)
      select id, 'grant', ${amount}::bigint, 0, ${`Monthly credits of ${month}`}::text from granted
      returning ${this.granted(sql.ref('user_id'), 'monthly')} as webhooks`.execute(this.database.query);
    return rows.length;
  }

  /**
   * Adds credits from outside, once for each `source`, in one statement. `known`: that source has brought its credits before.
   */
  async topUp(
    userId: string,
    amount: number,
    reason: string,
    source: string,
  ): Promise<'added' | 'known' | 'no_account' | 'balance_exceeded'> {
    const { query } = this.database;
    const topUp = {
      action: 'credits.topped_up',
      subjectId: userId,
      details: { amount, reason, source },
    } as const;
    const audited = await this.audit.entry(query, topUp, null);
    const { rows } = await sql<{ added: boolean; exists: boolean; fits: boolean; known: boolean }>`
        with account as (
          select id, credits_balance <= ${Number.MAX_SAFE_INTEGER}::bigint - ${amount}::bigint as fits from velro.users
          where id = ${userId} for update
        ), entered as (
          insert into velro.credit_entries (user_id, kind, balance_change, reserved_change, reason, source)
          select id, 'grant', ${amount}::bigint, 0, ${reason}, ${source} from account where fits
          on conflict (source) where source is not null do nothing
          returning user_id, ${this.granted(sql.ref('user_id'), 'topped_up')} as webhooks, ${audited}
        ), moved as (
          update velro.users u set credits_balance = u.credits_balance + ${amount}::bigint from entered where u.id = entered.user_id
        )
        select exists (select from entered) as added, exists (select from account) as exists,
          coalesce((select fits from account), false) as fits,
          exists (select from velro.credit_entries where source = ${source}) as known`.execute(query);
    const [row] = rows;
    if (row?.added === true) return 'added';
    // Two at once: the other one committed while this one waited for it.
    if (row?.known === true || (row?.exists === true && row.fits)) return 'known';
    return row?.exists === true ? 'balance_exceeded' : 'no_account';
  }

  private async audited(tx: Transaction, { userId, balance, adjustment }: Entry): Promise<AppendedEntry> {
    if (adjustment === null) return sql`null`.as('audited');
    const { reason, client } = adjustment;
    const details = { amount: balance, reason };
    return this.audit.entry(tx, { action: 'credits.adjusted', subjectId: userId, details }, client);
  }

  /** The object is the account. */
  private granted(userId: RawBuilder<string>, status: GrantKind): RawBuilder<number> {
    const event = { type: 'credits.granted', objectId: userId, status, path: '/credits/balance' } as const;
    return this.webhooks.ofAccount(userId, event);
  }

  /** Without an API key `keyId` is null. Nothing can be spent of an account that is not there. */
  async spendable(userId: string, keyId: string | null): Promise<SpendableCredits> {
    const { rows } = await sql<{ balance: string; cap: string | null; used: string | null }>`
      select u.credits_balance as balance, k.monthly_credits as cap, used.credits as used
      from velro.users u
      left join velro.api_keys k on k.id = ${keyId}::uuid and k.user_id = u.id
      left join velro.key_credits used on used.key_id = k.id and used.month = to_char(now() at time zone 'UTC', '"M"YYYY-MM')
      where u.id = ${userId}`.execute(this.database.query);
    const { balance, cap, used } = rows[0] ?? { balance: 0, cap: null, used: null };
    return { balance: Number(balance), ofKey: cap === null ? null : Number(cap) - Number(used ?? 0) };
  }

  /** Null when there is no such account. */
  async figures(userId: string, executor: Executor = this.database.query): Promise<Figures | null> {
    const row = await executor
      .selectFrom('users')
      .select(['credits_balance', 'credits_reserved'])
      .where('id', '=', userId)
      .executeTakeFirst();
    return row === undefined
      ? null
      : { balance: Number(row.credits_balance), reserved: Number(row.credits_reserved) };
  }
}
