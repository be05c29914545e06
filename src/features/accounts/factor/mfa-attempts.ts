import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { mfaAttemptPolicy } from '../../../../config/policy/accounts/mfa.js';
import { Problem } from '../../../errors/problem.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { Database, type Transaction } from '../../../database/database.js';
import type { ClientContext } from '../../../network/client-context.js';
import { factorAttemptsExceeded } from './factor.events.js';

/**
 * Source of codes: the hash of a device that has signed in before, or the id of an open session, each with its own
 * count of attempts. Null: an unknown device; all unknown devices share one count.
 */
export type AttemptSource = Buffer | null;

const { limit, windowSeconds, maxUnknownDeviceFailures, exceededRetryAfterSeconds } = mfaAttemptPolicy;
const unknownDevices = Buffer.alloc(0);

/**
 * Limits wrong codes per source: in the database, so that neither a restart nor a second instance adds attempts, and
 * counted before a code is checked, so that parallel attempts cannot exceed the limit. All unknown devices share one
 * limit, and one of consecutive failures: an attacker who knows the password cannot use up the attempts of the owner's
 * devices or sessions.
 */
@Injectable()
export class MfaAttempts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: SecurityEvents,
  ) {}

  /** @throws Problem `rate_limit_exceeded` or `account_guesses_exceeded`, with Retry-After */
  async take(userId: string, client: ClientContext, source: AttemptSource): Promise<void> {
    const now = new Date(this.clock.now());
    const since = new Date(now.getTime() - windowSeconds * 1000);
    await this.removeIdle(userId, since);
    // The row is locked before its condition is evaluated, and the condition reads the latest version.
    const { rows } = await sql`
      insert into velro.mfa_attempts as kept (user_id, source, tried_at, failures)
      values (${userId}, ${source ?? unknownDevices}, array[${now}::timestamptz], 1)
      on conflict (user_id, source) do update
      set tried_at = array(select t from unnest(kept.tried_at) t where t > ${since}) || ${now}::timestamptz,
        failures = kept.failures + 1
      where (select count(*) from unnest(kept.tried_at) t where t > ${since}) < ${limit}
        and (length(kept.source) > 0 or kept.failures < ${maxUnknownDeviceFailures})
      returning user_id`.execute(this.database.query);
    if (rows.length > 0) return;
    throw await this.refusal(userId, client, source, now.getTime());
  }

  /** Resets the count of this source after a right code. */
  async clear(userId: string, source: AttemptSource): Promise<void> {
    await this.database.query
      .deleteFrom('mfa_attempts')
      .where('user_id', '=', userId)
      .where('source', '=', source ?? unknownDevices)
      .execute();
  }

  /** Resets the counts of all sources. */
  async forget(tx: Transaction, userId: string): Promise<void> {
    await tx.deleteFrom('mfa_attempts').where('user_id', '=', userId).execute();
  }

  /** Devices and sessions whose window is over; the consecutive count of unknown devices is kept. */
  private async removeIdle(userId: string, since: Date): Promise<void> {
    await sql`
      delete from velro.mfa_attempts where user_id = ${userId} and length(source) > 0
      and not exists (select from unnest(tried_at) t where t > ${since})`.execute(this.database.query);
  }

  private async refusal(
    userId: string,
    client: ClientContext,
    source: AttemptSource,
    now: number,
  ): Promise<Problem> {
    const row = await this.database.query
      .selectFrom('mfa_attempts')
      .select(['tried_at', 'failures'])
      .where('user_id', '=', userId)
      .where('source', '=', source ?? unknownDevices)
      .executeTakeFirst();
    const isLocked = source === null && (row?.failures ?? 0) >= maxUnknownDeviceFailures;
    const seconds = isLocked ? exceededRetryAfterSeconds : secondsUntilFree(row?.tried_at ?? [], now);
    factorAttemptsExceeded(this.events, client, userId, seconds);
    return new Problem(isLocked ? 'account_guesses_exceeded' : 'rate_limit_exceeded', {
      headers: { 'retry-after': String(seconds) },
    });
  }
}

function secondsUntilFree(triedAt: readonly Date[], now: number): number {
  const inWindow = triedAt.map((at) => at.getTime() + windowSeconds * 1000).filter((end) => end > now);
  return inWindow.length === 0 ? 1 : Math.max(1, Math.ceil((Math.min(...inWindow) - now) / 1000));
}
