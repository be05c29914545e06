import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { devicePolicy, loginAttemptPurgePolicy } from '../../../../config/policy/accounts/login-attempts.js';
import type { IssuedDevice } from './device-tokens.js';
import { Database, type Transaction } from '../../../database/database.js';

const lifetime = sql<Date>`clock_timestamp() + make_interval(secs => ${devicePolicy.lifetimeSeconds})`;
const window = sql`make_interval(secs => ${devicePolicy.windowSeconds})`;
/** The failures that still count, oldest first. */
const recent = sql`array(select t from unnest(d.failed_at) t where t > now() - ${window} order by t)`;

/** Devices that have signed in, each with a sliding window of its failures. */
@Injectable()
export class DevicesRepository {
  constructor(private readonly database: Database) {}

  /** The owner of a device that is known for the account. */
  async ownerOf({ hash, account }: Pick<IssuedDevice, 'hash' | 'account'>): Promise<string | null> {
    const row = await this.database.query
      .selectFrom('devices')
      .select('user_id')
      .where('hash', '=', hash)
      .where('account', '=', account)
      .where('expires_at', '>', sql<Date>`now()`)
      .executeTakeFirst();
    return row?.user_id ?? null;
  }

  /**
   * Counts one attempt in one statement; null when the window is full or the device is gone. Returns its time to the
   * microsecond, which identifies it when it is given back.
   */
  async reserve(hash: Buffer): Promise<string | null> {
    const { rows } = await sql<{ taken_at: string }>`
      update velro.devices d set failed_at = ${recent} || now()
      where hash = ${hash} and cardinality(${recent}) < ${devicePolicy.limit}
      returning now()::text as taken_at`.execute(this.database.query);
    return rows[0]?.taken_at ?? null;
  }

  async giveBack(hash: Buffer, takenAt: string): Promise<void> {
    const place = sql`array_position(failed_at, ${takenAt}::timestamptz)`;
    await sql`
      update velro.devices set failed_at = failed_at[:${place} - 1] || failed_at[${place} + 1:]
      where hash = ${hash} and ${place} is not null`.execute(this.database.query);
  }

  /** Seconds until a full window has room again. */
  async secondsUntilRoom(hash: Buffer): Promise<number> {
    const { rows } = await sql<{ seconds: number | null }>`
      select ceil(extract(epoch from (${recent})[1] + ${window} - now()))::int as seconds
      from velro.devices d where hash = ${hash}`.execute(this.database.query);
    return Math.min(Math.max(rows[0]?.seconds ?? 1, 1), devicePolicy.windowSeconds);
  }

  /**
   * After a success: gives the attempt back and extends the device by another lifetime. False when the device is gone.
   */
  async renew(tx: Transaction, hash: Buffer, takenAt: string): Promise<boolean> {
    const place = sql`array_position(failed_at, ${takenAt}::timestamptz)`;
    const { rows } = await sql`
      update velro.devices set
        failed_at = case when ${place} is null then failed_at else failed_at[:${place} - 1] || failed_at[${place} + 1:] end,
        last_used_at = clock_timestamp(),
        expires_at = ${lifetime}
      where hash = ${hash}
      returning 1`.execute(tx);
    return rows.length > 0;
  }

  /**
   * Adds a device; beyond the limit the least recently used ones are removed. The caller holds the lock of the
   * account's row, so parallel sign-ins are serialised.
   */
  async add(tx: Transaction, hash: Buffer, account: Buffer, userId: string): Promise<void> {
    // Not now(), the start of the transaction, before it waited for the lock: the newest device would sort as the
    // oldest.
    const time = sql<Date>`clock_timestamp()`;
    await tx
      .insertInto('devices')
      .values({ hash, account, user_id: userId, created_at: time, last_used_at: time, expires_at: lifetime })
      .execute();
    await sql`
      delete from velro.devices where hash in (
        select hash from velro.devices where user_id = ${userId}
        order by last_used_at desc, created_at desc offset ${devicePolicy.perUser})`.execute(tx);
  }

  async hasAny(tx: Transaction, userId: string): Promise<boolean> {
    const row = await tx
      .selectFrom('devices')
      .select('hash')
      .where('user_id', '=', userId)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  async removeAll(tx: Transaction, userId: string): Promise<void> {
    await tx.deleteFrom('devices').where('user_id', '=', userId).execute();
  }

  /** Deletes a batch of expired devices; returns how many. */
  async removeExpired(): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('devices')
      .where('hash', 'in', (from) =>
        from
          .selectFrom('devices')
          .select('hash')
          .where('expires_at', '<', sql<Date>`now()`)
          .limit(loginAttemptPurgePolicy.batch),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
