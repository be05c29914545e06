import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { accessReviewPolicy } from '../../../config/policy/accounts/access-review.js';
import type { Role } from '../../../config/policy/accounts/roles.js';
import { Database, type Executor } from '../../database/database.js';
import type { AppendedEntry } from '../audit/audit-trail.service.js';

export interface ReviewedAdministrator {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly hasFactor: boolean;
  readonly disabledAt: Date | null;
  /** When a session of it was last used; null: none is remembered. */
  readonly lastUsedAt: Date | null;
  readonly sessions: number;
  readonly devices: number;
  readonly keys: number;
  readonly createdAt: Date;
}

/** A living API key that nobody used for long. */
export interface StaleKey {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date;
}

export interface Attestation {
  readonly at: Date;
  /** Null once that account is gone. */
  readonly reviewerId: string | null;
  readonly administrators: number;
  readonly staleKeys: number;
  readonly note: string;
}

/** Rows of a report, and how many there are beyond them. */
export interface Counted<T> {
  readonly items: readonly T[];
  readonly count: number;
}

/** What a review of access looks at. */
@Injectable()
export class AccessReviewRepository {
  constructor(private readonly database: Database) {}

  async administrators(executor: Executor = this.database.query): Promise<Counted<ReviewedAdministrator>> {
    const { rows } = await sql<ReviewedAdministrator & { readonly count: number }>`
      select u.id, u.email, u.role, u.disabled_at as "disabledAt", u.created_at as "createdAt", f.user_id is not null as "hasFactor",
        s.last_used_at as "lastUsedAt", s.living as sessions,
        (select count(*)::int from velro.devices d where d.user_id = u.id and d.expires_at > now()) as devices,
        (select count(*)::int from velro.api_keys k where k.user_id = u.id and k.revoked_at is null and k.expires_at > now()) as keys,
        count(*) over ()::int as count
      from velro.users u
      left join velro.mfa_factors f on f.user_id = u.id and f.confirmed_at is not null
      cross join lateral (
        select max(last_used_at) as last_used_at, (count(*) filter (where ended_at is null and expires_at > now()))::int as living
        from velro.sessions where user_id = u.id) s
      where u.role in ('admin', 'super_admin')
      order by u.role desc, u.email, u.id limit ${accessReviewPolicy.administrators}`.execute(executor);
    return counted(rows);
  }

  /** Those that were used longest ago first. */
  async staleKeys(executor: Executor = this.database.query): Promise<Counted<StaleKey>> {
    const { rows } = await sql<StaleKey & { readonly count: number }>`
      select k.id, k.user_id as "userId", k.name, k.prefix, k.scopes, k.created_at as "createdAt", k.last_used_at as "lastUsedAt",
        k.expires_at as "expiresAt", count(*) over ()::int as count
      from velro.api_keys k
      where k.revoked_at is null and k.expires_at > now()
        and coalesce(k.last_used_at, k.created_at) < now() - ${accessReviewPolicy.staleDays}::int * interval '1 day'
      order by coalesce(k.last_used_at, k.created_at), k.id limit ${accessReviewPolicy.staleKeys}`.execute(
      executor,
    );
    return counted(rows);
  }

  /** Null when there was none. */
  async lastAttestation(): Promise<Attestation | null> {
    const { rows } = await sql<Attestation>`
      select at, reviewer_id as "reviewerId", administrators, stale_keys as "staleKeys", note
      from velro.access_attestations order by at desc, id desc limit 1`.execute(this.database.query);
    return rows[0] ?? null;
  }

  async attest(
    executor: Executor,
    id: string,
    { reviewerId, administrators, staleKeys, note }: Omit<Attestation, 'at'>,
    audited: AppendedEntry,
  ): Promise<void> {
    await sql`
      insert into velro.access_attestations (id, reviewer_id, administrators, stale_keys, note)
      values (${id}::uuid, ${reviewerId}::uuid, ${administrators}, ${staleKeys}, ${note}) returning ${audited}`.execute(
      executor,
    );
  }
}

const counted = <T extends { readonly count: number }>(rows: readonly T[]): Counted<T> => ({
  items: rows,
  count: rows[0]?.count ?? 0,
});
