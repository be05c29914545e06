import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { mfaAttemptPolicy } from '../../../../config/policy/accounts/mfa.js';
import { Problem } from '../../../errors/problem.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { Database, type Transaction } from '../../../database/database.js';

/** From where a code comes. */
export interface Origin {
  readonly ip: string;
  readonly requestId: string;
  /** A device that has signed in before, or an open session: it has tries of its own. Absent: a stranger. */
  readonly source?: Buffer;
}

const { limit, windowSeconds, maxStrangerFailures, exceededRetryAfterSeconds } = mfaAttemptPolicy;
const strangers = Buffer.alloc(0);

/**
 * The cap on wrong codes: in the database, so that neither a restart nor a second instance gives new tries, and counted
 * before a code is looked at, so that parallel tries do not slip through together. All strangers together have one, and
 * a hundred in a row: whoever knows the password cannot use up the tries of a device or session of the owner.
 */
@Injectable()
export class MfaAttempts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: SecurityEvents,
  ) {}

  /** @throws Problem `rate_limit_exceeded` or `account_guesses_exceeded`, with Retry-After */
  async take(userId: string, from: Origin): Promise<void> {
    const now = new Date(this.clock.now());
    const since = new Date(now.getTime() - windowSeconds * 1000);
    const { source = strangers } = from;
    await this.removeIdle(userId, since);
    // The row is locked before its condition is judged, and judged in its latest version.
    const { rows } = await sql`
      insert into velro.mfa_attempts as kept (user_id, source, tried_at, failures)
      values (${userId}, ${source}, array[${now}::timestamptz], 1)
      on conflict (user_id, source) do update
      set tried_at = array(select t from unnest(kept.tried_at) t where t > ${since}) || ${now}::timestamptz,
        failures = kept.failures + 1
      where (select count(*) from unnest(kept.tried_at) t where t > ${since}) < ${limit}
        and (length(kept.source) > 0 or kept.failures < ${maxStrangerFailures})
      returning user_id`.execute(this.database.query);
    if (rows.length > 0) return;
    throw await this.refusal(userId, from, now.getTime());
  }

  /** After a right code: who showed it begins anew. */
  async clear(userId: string, { source = strangers }: Origin): Promise<void> {
    await this.database.query
      .deleteFrom('mfa_attempts')
      .where('user_id', '=', userId)
      .where('source', '=', source)
      .execute();
  }

  /** Everybody begins anew. */
  async forget(tx: Transaction, userId: string): Promise<void> {
    await tx.deleteFrom('mfa_attempts').where('user_id', '=', userId).execute();
  }

  /** Devices and sessions that say nothing any more; the strangers' count in a row is kept. */
  private async removeIdle(userId: string, since: Date): Promise<void> {
    await sql`
      delete from velro.mfa_attempts where user_id = ${userId} and length(source) > 0
      and not exists (select from unnest(tried_at) t where t > ${since})`.execute(this.database.query);
  }

  private async refusal(userId: string, { ip, requestId, source }: Origin, now: number): Promise<Problem> {
    const row = await this.database.query
      .selectFrom('mfa_attempts')
      .select(['tried_at', 'failures'])
      .where('user_id', '=', userId)
      .where('source', '=', source ?? strangers)
      .executeTakeFirst();
    const isLocked = source === undefined && (row?.failures ?? 0) >= maxStrangerFailures;
    const seconds = isLocked ? exceededRetryAfterSeconds : secondsUntilFree(row?.tried_at ?? [], now);
    this.events.record({
      event: 'authn_login_fail_max',
      level: 'HIGH',
      text: 'RATE-LIMITER mfa_attempts exceeded',
      signal: 'limit_exceeded',
      sourceIp: ip,
      userId,
      requestId,
      response: 'refused',
      details: { rule: 'mfa_attempts', retry_after_s: seconds },
    });
    return new Problem(isLocked ? 'account_guesses_exceeded' : 'rate_limit_exceeded', {
      headers: { 'retry-after': String(seconds) },
    });
  }
}

function secondsUntilFree(triedAt: readonly Date[], now: number): number {
  const inWindow = triedAt.map((at) => at.getTime() + windowSeconds * 1000).filter((end) => end > now);
  return inWindow.length === 0 ? 1 : Math.max(1, Math.ceil((Math.min(...inWindow) - now) / 1000));
}
