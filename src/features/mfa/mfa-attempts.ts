import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { mfaAttemptPolicy } from '../../../config/policy/mfa.js';
import { Problem } from '../../errors/problem.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { Clock } from '../../ports/clock.js';
import { Database } from '../../ports/database.js';

/** From where a code comes. */
export interface Origin {
  readonly ip: string;
  readonly requestId: string;
}

const { limit, windowSeconds } = mfaAttemptPolicy;

/**
 * The cap on wrong codes: in the database, so that neither a restart nor a second instance gives new tries, and counted
 * before a code is looked at, so that parallel tries do not slip through together.
 */
@Injectable()
export class MfaAttempts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: SecurityEvents,
  ) {}

  /** @throws Problem `rate_limit_exceeded` with Retry-After */
  async take(userId: string, from: Origin): Promise<void> {
    const now = new Date(this.clock.now());
    const since = new Date(now.getTime() - windowSeconds * 1000);
    // The row is locked before its condition is judged, and judged in its latest version.
    const { rows } = await sql`
      insert into velro.mfa_attempts as kept (user_id, tried_at) values (${userId}, array[${now}::timestamptz])
      on conflict (user_id) do update
      set tried_at = array(select t from unnest(kept.tried_at) t where t > ${since}) || ${now}::timestamptz
      where (select count(*) from unnest(kept.tried_at) t where t > ${since}) < ${limit}
      returning user_id`.execute(this.database.query);
    if (rows.length > 0) return;
    const seconds = await this.secondsUntilFree(userId, now.getTime());
    this.events.record({
      event: 'authn_login_fail_max',
      level: 'HIGH',
      text: 'RATE-LIMITER mfa_attempts exceeded',
      sourceIp: from.ip,
      userId,
      requestId: from.requestId,
      response: 'refused',
      details: { rule: 'mfa_attempts', retry_after_s: seconds },
    });
    throw new Problem('rate_limit_exceeded', { headers: { 'retry-after': String(seconds) } });
  }

  /** After a right code: its owner begins anew. */
  async clear(userId: string): Promise<void> {
    await this.database.query.deleteFrom('mfa_attempts').where('user_id', '=', userId).execute();
  }

  private async secondsUntilFree(userId: string, now: number): Promise<number> {
    const row = await this.database.query
      .selectFrom('mfa_attempts')
      .select('tried_at')
      .where('user_id', '=', userId)
      .executeTakeFirst();
    const oldest = Math.min(...(row?.tried_at ?? []).map((at) => at.getTime()));
    return Number.isFinite(oldest) ? Math.max(1, Math.ceil((oldest + windowSeconds * 1000 - now) / 1000)) : 1;
  }
}
