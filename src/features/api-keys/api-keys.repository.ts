import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { apiKeyPolicy } from '../../../config/policy/accounts/api-keys.js';
import type { Role } from '../../../config/policy/accounts/roles.js';
import { scopes, type Scope } from '../../../config/policy/accounts/scopes.js';
import { Database, type Executor, type Transaction } from '../../database/database.js';
import type { KeyText } from './key-text.js';
import type { ApiKeys } from '../../database/schema.js';
import type { Caller } from '../../guards/route/caller.js';
import type { KeyLimits } from '../../ports/accounts/api-key-authenticator.js';
import { numberOrNull } from '../../database/number-or-null.js';

/** A key as shown to its owner. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  /** CIDR ranges of allowed clients; empty: any address. */
  readonly addresses: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  /** The text before the last rotation, while it is still valid. */
  readonly previous: { readonly prefix: string; readonly until: Date } | null;
}

export type NewApiKey = Pick<ApiKey, 'id' | 'name' | 'scopes' | 'addresses'> & { readonly seconds: number };

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
  /** Whether the time of last use should be written again. */
  readonly isUseDue: boolean;
}

const columns = ['id', 'name', 'prefix', 'scopes', 'addresses', 'created_at', 'expires_at'] as const;
const livingPrevious = sql<string | null>`case when previous_until > now() then previous_prefix end`;
// Not now(), the start of the transaction, before it waited for a lock.
const inSeconds = (count: number) => sql<Date>`clock_timestamp() + make_interval(secs => ${count})`;
const useDue = sql<boolean>`coalesce(last_used_at, '-infinity') < now() - make_interval(secs => ${apiKeyPolicy.noteUseEverySeconds})`;

/** API keys. Ownership is part of every query on behalf of a caller; only the guard looks up by hash alone. */
@Injectable()
export class ApiKeysRepository {
  constructor(private readonly database: Database) {}

  async add(tx: Transaction, caller: Caller, key: NewApiKey, { prefix, hash }: KeyText): Promise<ApiKey> {
    const { id, name, seconds } = key;
    const lists = { scopes: [...key.scopes], addresses: [...key.addresses] };
    const row = await tx
      .insertInto('api_keys')
      .values({ id, user_id: caller.userId, name, prefix, hash, ...lists, expires_at: inSeconds(seconds) })
      .returning([...columns, 'last_used_at', 'previous_until', livingPrevious.as('previous_prefix')])
      .executeTakeFirstOrThrow();
    return toApiKey(row);
  }

  async count(tx: Transaction, caller: Caller): Promise<number> {
    return (await living(tx, caller).select('id').execute()).length;
  }

  /** Newest first. */
  async list(caller: Caller): Promise<ApiKey[]> {
    const rows = await living(this.database.query, caller)
      .select([...columns, 'last_used_at', 'previous_until', livingPrevious.as('previous_prefix')])
      .orderBy('id', 'desc')
      .limit(apiKeyPolicy.perUser)
      .execute();
    return rows.map(toApiKey);
  }

  /** Locks a living key of the user until the transaction ends. Null when there is none. */
  async lock(
    tx: Transaction,
    caller: Caller,
    id: string,
  ): Promise<{ hash: Buffer; previousHash: Buffer | null } | null> {
    const row = await living(tx, caller)
      .select(['hash', 'previous_hash'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    return row === undefined ? null : { hash: row.hash, previousHash: row.previous_hash };
  }

  /** Replaces the current text, which stays valid for `overlapSeconds`, but not longer than the key itself. */
  async replace(
    tx: Transaction,
    id: string,
    { prefix, hash }: KeyText,
    overlapSeconds: number,
  ): Promise<ApiKey> {
    const overlaps = overlapSeconds > 0;
    const row = await tx
      .updateTable('api_keys')
      .set({
        prefix,
        hash,
        previous_prefix: overlaps ? sql<string>`prefix` : null,
        previous_hash: overlaps ? sql<Buffer>`hash` : null,
        previous_until: overlaps ? sql<Date>`least(${inSeconds(overlapSeconds)}, expires_at)` : null,
      })
      .where('id', '=', id)
      .returning([...columns, 'last_used_at', 'previous_until', livingPrevious.as('previous_prefix')])
      .executeTakeFirstOrThrow();
    return toApiKey(row);
  }

  /** False when the user has no living key of this id. */
  async revoke(tx: Transaction, caller: Caller, id: string): Promise<boolean> {
    const { numUpdatedRows } = await tx
      .updateTable('api_keys')
      .set({ revoked_at: sql<Date>`now()` })
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Revokes every living key of a user; returns their ids. */
  async revokeAll(tx: Transaction, userId: string): Promise<string[]> {
    const rows = await tx
      .updateTable('api_keys')
      .set({ revoked_at: sql<Date>`now()` })
      .where('user_id', '=', userId)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .returning('id')
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Deletes revoked and expired keys of the user beyond the latest ones, once the purge has deleted their visitors, who may be many. */
  async forgetDead(tx: Transaction, caller: Caller): Promise<void> {
    await sql`
      delete from velro.api_keys k where not exists (select from velro.visitors v where v.key_id = k.id) and id in (
        select id from velro.api_keys
        where user_id = ${caller.userId} and (revoked_at is not null or expires_at <= now())
        order by least(revoked_at, expires_at) desc offset ${apiKeyPolicy.deadPerUser})`.execute(tx);
  }

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
      scopes: known(row.scopes),
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

const living = (executor: Executor, { userId }: Caller) =>
  executor
    .selectFrom('api_keys')
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`);

/** A scope that the service no longer knows allows nothing. */
const known = (stored: readonly string[]): Scope[] => scopes.filter((scope) => stored.includes(scope));

type Row = Pick<
  Selectable<ApiKeys>,
  (typeof columns)[number] | 'last_used_at' | 'previous_prefix' | 'previous_until'
>;

function toApiKey(row: Row): ApiKey {
  const { previous_prefix: prefix, previous_until: until } = row;
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: known(row.scopes),
    addresses: row.addresses,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    previous: prefix === null || until === null ? null : { prefix, until },
  };
}
