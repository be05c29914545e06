import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../database/database.js';
import { numberOrNull } from '../../database/number-or-null.js';
import type { Caller } from '../../guards/route/caller.js';
import type { ClientContext } from '../../network/client-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';

/** Null: no limit of its own. Caps in micro-dollars, of a day and a month in UTC. */
export interface NewKeyLimits {
  readonly monthlyCredits: number | null;
  readonly dailyCap: number | null;
  readonly monthlyCap: number | null;
  readonly models: readonly string[] | null;
}

export interface StoredKeyLimits extends NewKeyLimits {
  /** Of this month, reserved ones included. */
  readonly usedCredits: number;
}

/** Limits of the caller's living API keys. */
@Injectable()
export class ApiKeyLimitsRepository {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  /** `month`: as budgets name it. Null when the caller has no living key of this id. */
  async read(caller: Caller, id: string, month: string): Promise<StoredKeyLimits | null> {
    const row = await this.database.query
      .selectFrom('api_keys')
      .leftJoin('key_credits', (join) => join.onRef('key_id', '=', 'id').on('month', '=', month))
      .select(['monthly_credits', 'daily_microusd', 'monthly_microusd', 'models', 'credits'])
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .executeTakeFirst();
    if (row === undefined) return null;
    return {
      monthlyCredits: numberOrNull(row.monthly_credits),
      dailyCap: numberOrNull(row.daily_microusd),
      monthlyCap: numberOrNull(row.monthly_microusd),
      models: row.models,
      usedCredits: Number(row.credits ?? 0),
    };
  }

  /** False when the caller has no living key of this id. */
  async set(caller: Caller, id: string, limits: NewKeyLimits, client: ClientContext): Promise<boolean> {
    const { query } = this.database;
    const entry = {
      action: 'key.limited',
      subjectId: caller.userId,
      details: { key: id, ...limits },
    } as const;
    const rows = await query
      .updateTable('api_keys')
      .set({
        monthly_credits: limits.monthlyCredits,
        daily_microusd: limits.dailyCap,
        monthly_microusd: limits.monthlyCap,
        models: limits.models === null ? null : [...limits.models],
      })
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .returning(await this.audit.entry(query, entry, client))
      .execute();
    return rows.length > 0;
  }
}
