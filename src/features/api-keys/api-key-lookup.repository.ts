import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { apiKeyPolicy } from '../../../config/policy/accounts/api-keys.js';
import type { Role } from '../../../config/policy/accounts/roles.js';
import type { Scope } from '../../../config/policy/accounts/scopes.js';
import { Database } from '../../database/database.js';
import { numberOrNull } from '../../database/number-or-null.js';
import type { KeyLimits } from '../../ports/accounts/api-key-authenticator.js';
import { knownScopes } from './api-keys.repository.js';

/** A key as the guard finds it by its text, with the present state of its owner. */
export interface FoundKey {
  readonly place: 'current' | 'previous';
  readonly userId: string;
  readonly role: Role;
  readonly epoch: number;
  readonly mfaActive: boolean;
  readonly scopes: readonly Scope[];
  readonly addresses: readonly string[];
  readonly limits: KeyLimits;
  readonly createdAt: Date;
  /** When the presented text expires. */
  readonly expiresAt: Date;
  readonly isExpired: boolean;
  /** Whether it is deleted or its owner is disabled. */
  readonly isRevoked: boolean;
  /** Whether sign-ins are closed, and with them every key. */
  readonly isClosed: boolean;
  /** Whether the time of last use should be written again. */
  readonly isUseDue: boolean;
}

const useDue = sql<boolean>`coalesce(last_used_at, '-infinity') < now() - make_interval(secs => ${apiKeyPolicy.noteUseEverySeconds})`;

/** Keys by what a request presents: the only place that looks one up by its hash alone. */
@Injectable()
export class ApiKeyLookupRepository {
  constructor(private readonly database: Database) {}

  /** Reads in one statement everything that decides about a request. */
  async find(hash: Buffer): Promise<FoundKey | null> {
    const isCurrent = sql<boolean>`k.hash = ${hash}`;
    const expiry = sql<Date>`case when ${isCurrent} then k.expires_at else k.previous_until end`;
    const row = await this.database.query
      .selectFrom('api_keys as k')
      .innerJoin('users as u', 'u.id', 'k.user_id')
      .leftJoin('mfa_factors as f', (join) =>
        join.onRef('f.user_id', '=', 'k.user_id').on('f.confirmed_at', 'is not', null),
      )
      .select([
        'k.id',
        'k.user_id',
        'k.scopes',
        'k.addresses',
        'k.models',
        'k.daily_microusd',
        'k.monthly_microusd',
        'k.created_at',
        'u.role',
        'u.epoch',
        sql<boolean>`f.user_id is not null`.as('mfa_active'),
        isCurrent.as('is_current'),
        expiry.as('expiry'),
        sql<boolean>`${expiry} <= now()`.as('is_expired'),
        sql<boolean>`k.revoked_at is not null or u.disabled_at is not null`.as('is_revoked'),
        useDue.as('is_use_due'),
        sql<boolean>`exists (select from velro.sign_in_switch where closed_at is not null)`.as('is_closed'),
      ])
      .where((or) => or.or([or('k.hash', '=', hash), or('k.previous_hash', '=', hash)]))
      .executeTakeFirst();
    if (row === undefined) return null;
    return {
      place: row.is_current ? 'current' : 'previous',
      userId: row.user_id,
      role: row.role,
      epoch: row.epoch,
      mfaActive: row.mfa_active,
      scopes: knownScopes(row.scopes),
      addresses: row.addresses,
      limits: {
        id: row.id,
        models: row.models,
        dailyCap: numberOrNull(row.daily_microusd),
        monthlyCap: numberOrNull(row.monthly_microusd),
      },
      createdAt: row.created_at,
      expiresAt: row.expiry,
      isExpired: row.is_expired,
      isRevoked: row.is_revoked,
      isClosed: row.is_closed,
      isUseDue: row.is_use_due,
    };
  }

  /** Writes the time of last use, at most once a minute. */
  async noteUse(id: string): Promise<void> {
    await this.database.query
      .updateTable('api_keys')
      .set({ last_used_at: sql<Date>`now()` })
      .where('id', '=', id)
      .where(useDue)
      .execute();
  }
}
