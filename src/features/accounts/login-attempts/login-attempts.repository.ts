import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import {
  loginAttemptPolicy,
  loginAttemptPurgePolicy,
} from '../../../../config/policy/accounts/login-attempts.js';
import type { AccountHashes } from './account-key.js';
import { Database, type Transaction } from '../../../database/database.js';

const ago = (seconds: number) => sql<Date>`now() - make_interval(secs => ${seconds})`;
/** Pending attempts that never completed because their process died. */
const abandoned = sql<boolean>`g.attempted_at < ${ago(loginAttemptPolicy.attemptSeconds)}`;

/** Login attempts from unknown devices, by account. */
@Injectable()
export class LoginAttemptsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Counts one attempt in one statement: the row lock serialises parallel ones, so none exceeds the limit. False at the
   * limit. An attempt that a crash left pending counts as a failure, because its outcome is unknown. In a rotation of the
   * key, what was counted by the earlier one counts as well.
   */
  async reserve({ present, earlier }: AccountHashes, keyId: string): Promise<boolean> {
    const byEarlierKey =
      earlier === null
        ? sql`0`
        : sql`coalesce((select e.failures + e.pending from velro.account_guesses e where e.account = ${earlier}), 0)`;
    const { rows } = await sql`
      insert into velro.account_guesses as g (account, pending, key_id)
      select ${present}::bytea, 1, ${keyId}::text where ${byEarlierKey} < ${loginAttemptPolicy.maxFailures}
      on conflict (account) do update set
        failures = g.failures + case when ${abandoned} then g.pending else 0 end,
        pending = case when ${abandoned} then 0 else g.pending end + 1,
        attempted_at = greatest(g.attempted_at, now()),
        key_id = excluded.key_id
      where g.failures + g.pending + ${byEarlierKey} < ${loginAttemptPolicy.maxFailures}
      returning 1`.execute(this.database.query);
    return rows.length > 0;
  }

  /** Does nothing where nothing is pending: the attempt has been counted as abandoned. */
  async fail(account: Buffer): Promise<void> {
    await sql`
      update velro.account_guesses set failures = failures + 1, pending = pending - 1
      where account = ${account} and pending > 0`.execute(this.database.query);
  }

  async giveBack(account: Buffer): Promise<void> {
    await sql`
      update velro.account_guesses set pending = pending - 1
      where account = ${account} and pending > 0`.execute(this.database.query);
  }

  /**
   * After a success of the account's owner: resets the failures; other pending attempts still count. `reserved`: how
   * many pending attempts are the success itself. Locks the account's row until the transaction ends.
   */
  async clear(
    tx: Transaction,
    { present, earlier }: AccountHashes,
    reserved: 0 | 1,
    { userId, keyId }: { readonly userId: string; readonly keyId: string },
  ): Promise<void> {
    await sql`
      insert into velro.account_guesses as g (account, user_id, key_id) values (${present}, ${userId}, ${keyId})
      on conflict (account) do update set
        failures = 0,
        pending = case when ${abandoned} then 0 else greatest(g.pending - ${reserved}::int, 0) end,
        user_id = excluded.user_id,
        key_id = excluded.key_id`.execute(tx);
    if (earlier !== null) await this.forgive(tx, earlier);
  }

  /** As `clear`, after a completed password reset; does nothing without a row. */
  async reset(tx: Transaction, { present, earlier }: AccountHashes): Promise<void> {
    await this.forgive(tx, present);
    if (earlier !== null) await this.forgive(tx, earlier);
  }

  /**
   * Of the next accounts in the order of their ids after `after`: those whose counts are not marked yet, and the last one that was looked
   * at; null where there are no more. However few are found, a statement looks at a bounded number.
   */
  async usersWithoutCount(
    after: string,
    keyId: string,
  ): Promise<{ readonly users: readonly { id: string; email: string }[]; readonly last: string | null }> {
    const { rows } = await sql<{ id: string; email: string; is_marked: boolean }>`
      select u.id, u.email, exists (
        select from velro.account_guesses g where g.user_id = u.id and g.key_id = ${keyId}) as is_marked
      from (
        select id, email from velro.users where id > ${after}::uuid order by id
        limit ${loginAttemptPurgePolicy.accountsOfScan}) u
      order by u.id`.execute(this.database.query);
    return {
      users: rows.filter(({ is_marked: isMarked }) => !isMarked).map(({ id, email }) => ({ id, email })),
      last: rows.at(-1)?.id ?? null,
    };
  }

  /** Marks counts as those of existing accounts. Accounts deleted meanwhile are skipped. */
  async mark(accounts: readonly { userId: string; account: Buffer }[], keyId: string): Promise<void> {
    await sql`
      insert into velro.account_guesses as g (account, user_id, key_id)
      select distinct on (m.account) m.account, u.id, ${keyId}::text
      from unnest(${accounts.map(({ account }) => account)}::bytea[], ${accounts.map(({ userId }) => userId)}::uuid[])
        as m (account, user_id)
      join velro.users u on u.id = m.user_id
      order by m.account, u.created_at desc
      on conflict (account) do update set user_id = excluded.user_id, key_id = excluded.key_id`.execute(
      this.database.query,
    );
  }

  /** Names the key of a batch of counts from before keys were named; returns of how many. */
  async nameKey(keyId: string): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      update velro.account_guesses set key_id = ${keyId} where account in (
        select account from velro.account_guesses where key_id is null
        limit ${loginAttemptPurgePolicy.batch} for update skip locked)`.execute(this.database.query);
    return Number(numAffectedRows);
  }

  /** The keys of counts, other than these. One probe of the index for each. */
  async otherKeys(known: readonly string[]): Promise<string[]> {
    const { rows } = await sql<{ key_id: string }>`
      with recursive keys (key_id) as (
        (select key_id from velro.account_guesses where key_id is not null order by key_id limit 1)
        union all
        select (select g.key_id from velro.account_guesses g where g.key_id > keys.key_id order by g.key_id limit 1)
        from keys where keys.key_id is not null)
      select key_id from keys where key_id <> all(${known}::text[])`.execute(this.database.query);
    return rows.map(({ key_id: id }) => id);
  }

  /** Removes a batch of old counts by a key that is not known any more: nobody can ask for them. Returns how many. */
  removeOfKey(keyId: string): Promise<number> {
    return this.remove(sql`
      select account from velro.account_guesses
      where key_id = ${keyId} and attempted_at < ${ago(loginAttemptPolicy.unknownAccountRetentionSeconds)}
      limit ${loginAttemptPurgePolicy.batch} for update skip locked`);
  }

  /** Removes a batch of counts without an account that are old or empty. Returns how many. */
  removeIdle(): Promise<number> {
    return this.remove(sql`
      select account from velro.account_guesses g where user_id is null and (
        attempted_at < ${ago(loginAttemptPolicy.unknownAccountRetentionSeconds)}
        or (failures = 0 and pending = 0 and ${abandoned}))
      limit ${loginAttemptPurgePolicy.batch} for update skip locked`);
  }

  /**
   * Removes a batch of the surplus, returns how many. The lowest counts are removed first: to evict one count at its
   * limit, an attacker must bring half a million others to the limit.
   */
  removeSurplus(): Promise<number> {
    return this.remove(sql`
      select account from velro.account_guesses where user_id is null
      order by failures + pending, attempted_at
      limit least(${loginAttemptPurgePolicy.batch}::bigint, greatest(0,
        (select count(*) from velro.account_guesses where user_id is null) - ${loginAttemptPolicy.maxUnknownAccounts}::bigint))
      for update skip locked`);
  }

  private async forgive(tx: Transaction, account: Buffer): Promise<void> {
    await sql`
      update velro.account_guesses g set failures = 0, pending = case when ${abandoned} then 0 else g.pending end
      where account = ${account}`.execute(tx);
  }

  private async remove(accounts: ReturnType<typeof sql>): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from velro.account_guesses where account in (${accounts})`.execute(this.database.query);
    return Number(numAffectedRows);
  }
}
