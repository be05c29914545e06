import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { apiKeyPolicy } from '../../../config/policy/accounts/api-keys.js';
import { scopes, type Scope } from '../../../config/policy/accounts/scopes.js';
import { Database, type Executor, type Transaction } from '../../database/database.js';
import type { KeyText } from './key-text.js';
import type { ApiKeys } from '../../database/schema.js';
import type { Caller } from '../../guards/route/caller.js';
import type { ClientContext } from '../../network/client-context.js';
import { AuditTrail, type AppendedEntry, type AuditDetails } from '../audit/audit-trail.service.js';

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

const columns = ['id', 'name', 'prefix', 'scopes', 'addresses', 'created_at', 'expires_at'] as const;
const livingPrevious = sql<string | null>`case when previous_until > now() then previous_prefix end`;
// Not now(), the start of the transaction, before it waited for a lock.
const inSeconds = (count: number) => sql<Date>`clock_timestamp() + make_interval(secs => ${count})`;

/** API keys. Ownership is part of every query on behalf of a caller. */
@Injectable()
export class ApiKeysRepository {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  async add(
    tx: Transaction,
    caller: Caller,
    key: NewApiKey,
    { prefix, hash }: KeyText,
    client: ClientContext,
  ): Promise<ApiKey> {
    const { id, name, seconds } = key;
    const lists = { scopes: [...key.scopes], addresses: [...key.addresses] };
    const details = { key: id, name, seconds, ...lists };
    const row = await tx
      .insertInto('api_keys')
      .values({ id, user_id: caller.userId, name, prefix, hash, ...lists, expires_at: inSeconds(seconds) })
      .returning([
        ...([...columns, 'last_used_at', 'previous_until'] as const),
        livingPrevious.as('previous_prefix'),
        await this.entry(tx, 'key.created', caller.userId, details, client),
      ])
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
    caller: Caller,
    id: string,
    { prefix, hash, overlapSeconds }: Pick<KeyText, 'prefix' | 'hash'> & { readonly overlapSeconds: number },
    client: ClientContext,
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
      .returning([
        ...([...columns, 'last_used_at', 'previous_until'] as const),
        livingPrevious.as('previous_prefix'),
        await this.entry(tx, 'key.rotated', caller.userId, { key: id, overlapSeconds }, client),
      ])
      .executeTakeFirstOrThrow();
    return toApiKey(row);
  }

  /** False when the user has no living key of this id. */
  async revoke(tx: Transaction, caller: Caller, id: string, client: ClientContext): Promise<boolean> {
    const rows = await tx
      .updateTable('api_keys')
      .set({ revoked_at: sql<Date>`now()` })
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .returning(await this.entry(tx, 'key.revoked', caller.userId, { key: id }, client))
      .execute();
    return rows.length > 0;
  }

  /** Revokes every living key of a user; returns their ids. */
  async revokeAll(tx: Transaction, userId: string, client: ClientContext | null): Promise<string[]> {
    const rows = await tx
      .updateTable('api_keys')
      .set({ revoked_at: sql<Date>`now()` })
      .where('user_id', '=', userId)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .returning(['id', await this.entry(tx, 'key.revoked', userId, { key: 'all' }, client)])
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

  private entry(
    tx: Transaction,
    action: 'key.created' | 'key.rotated' | 'key.revoked',
    userId: string,
    details: AuditDetails,
    client: ClientContext | null,
  ): Promise<AppendedEntry> {
    return this.audit.entry(tx, { action, subjectId: userId, details }, client);
  }
}

const living = (executor: Executor, { userId }: Caller) =>
  executor
    .selectFrom('api_keys')
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`);

/** A scope that the service no longer knows allows nothing. */
export const knownScopes = (stored: readonly string[]): Scope[] =>
  scopes.filter((scope) => stored.includes(scope));

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
    scopes: knownScopes(row.scopes),
    addresses: row.addresses,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    previous: prefix === null || until === null ? null : { prefix, until },
  };
}
