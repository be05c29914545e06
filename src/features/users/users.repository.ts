import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import type { Role } from '../../../config/policy/accounts/roles.js';
import { advisoryLocks } from '../../database/advisory-locks.js';
import { Database, type Executor, type Transaction } from '../../database/database.js';
import type { Identity } from '../../ports/identity-provider.js';
import { canonicalEmail } from '../../../config/values/email-address.js';
import type { Users } from '../../database/schema.js';
import type { Caller } from '../../guards/route/caller.js';
import type { AppendedEntry } from '../audit/audit-trail.service.js';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly fullName: string | null;
  readonly role: Role;
  readonly epoch: number;
  readonly creditsBalance: number;
  readonly creditsReserved: number;
  readonly disabledAt: Date | null;
  /** Sign-ins are blocked until then: a password change at the identity provider is under way. */
  readonly passwordChangingUntil: Date | null;
  /** When whoever holds the mail of the address first chose the password. */
  readonly provenAt: Date | null;
  /** First sign-in by the identity provider's own proof of the address. */
  readonly exchangedAt: Date | null;
  /** When the address was taken over from the identity provider, without a proof of it since. */
  readonly addressTakenAt: Date | null;
  /** When the identity provider last showed the account, to an hour. */
  readonly identitySeenAt: Date;
  readonly createdAt: Date;
}

/** Account data read before a password is verified. */
export interface KnownAccount {
  readonly id: string;
  readonly epoch: number;
}

const columns = [
  'id',
  'email',
  'full_name',
  'role',
  'epoch',
  'credits_balance',
  'credits_reserved',
  'disabled_at',
  'password_changing_until',
  'proven_at',
  'exchanged_at',
  'identity_seen_at',
  'address_taken_at',
  'created_at',
] as const;

/** Accounts in the database. */
@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  async find(id: string, executor: Executor = this.database.query): Promise<User | null> {
    const row = await executor.selectFrom('users').select(columns).where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : toUser(row);
  }

  async lock(tx: Transaction, id: string): Promise<User | null> {
    const row = await tx
      .selectFrom('users')
      .select(columns)
      .where('id', '=', id)
      // FOR NO KEY UPDATE: rows that only reference the account may be inserted meanwhile.
      .forNoKeyUpdate()
      .executeTakeFirst();
    return row === undefined ? null : toUser(row);
  }

  /** Serialises changes of administrators across all instances. */
  async lockAdministration(tx: Transaction): Promise<void> {
    await sql`select pg_advisory_xact_lock(${advisoryLocks.administration}::bigint)`.execute(tx);
  }

  async hasAdmin(executor: Executor = this.database.query): Promise<boolean> {
    const row = await executor
      .selectFrom('users')
      .select('id')
      .where('role', 'in', ['admin', 'super_admin'])
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  async makeFirstAdmin(tx: Transaction, id: string, audited: AppendedEntry): Promise<boolean> {
    // Serialises instances that start at the same time.
    await this.lockAdministration(tx);
    if (await this.hasAdmin(tx)) return false;
    const rows = await tx
      .updateTable('users')
      .set({ role: 'super_admin', epoch: sql<number>`epoch + 1` })
      .where('id', '=', id)
      .where('disabled_at', 'is', null)
      .returning(audited)
      .execute();
    return rows.length > 0;
  }

  async findByEmail(email: string): Promise<KnownAccount | null> {
    const row = await this.database.query
      .selectFrom('users')
      .select(['id', 'epoch'])
      .where(sql<string>`lower(email)`, '=', canonicalEmail(email))
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row ?? null;
  }

  /** Newest first; `after`: id of the last account of the previous page. */
  async list(filter: UserFilter, limit: number, after: string | null): Promise<User[]> {
    const { emailPrefix, role } = filter;
    const rows = await this.database.query
      .selectFrom('users')
      .select(columns)
      .$if(emailPrefix !== null, (query) =>
        query.where(sql<string>`lower(email)`, 'like', `${escapeLike((emailPrefix ?? '').toLowerCase())}%`),
      )
      .$if(role !== null, (query) => query.where('role', 'in', role === null ? [] : [role]))
      .$if(after !== null, (query) =>
        query.where(
          sql<boolean>`(created_at, id) < (select created_at, id from velro.users where id = ${after})`,
        ),
      )
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toUser);
  }

  async setRole(tx: Transaction, id: string, role: Role, audited: AppendedEntry): Promise<void> {
    await tx.updateTable('users').set({ role }).where('id', '=', id).returning(audited).execute();
  }

  async setDisabled(tx: Transaction, id: string, disabled: boolean, audited: AppendedEntry): Promise<void> {
    await tx
      .updateTable('users')
      .set({ disabled_at: disabled ? sql<Date>`now()` : null })
      .where('id', '=', id)
      .returning(audited)
      .execute();
  }

  /**
   * Adds the account of an identity. False when it exists already: the next sign-in completes an interrupted sign-up; and when it is erased, or is being
   * erased: a request that the identity provider answered before must not bring it back. `pseudonyms`: by which erased ones are known.
   */
  async add(
    tx: Transaction,
    identity: Identity,
    fullName: string | null,
    { pseudonyms, audited }: { readonly pseudonyms: readonly Buffer[]; readonly audited: AppendedEntry },
  ): Promise<boolean> {
    const { rows } = await sql`
      insert into velro.users (id, email, full_name)
      select ${identity.id}::uuid, ${canonicalEmail(identity.email)}, ${fullName}::text
      where not exists (select from velro.account_deletions where user_id = ${identity.id}::uuid)
        and not exists (select from velro.erased_accounts where pseudonym = any(${[...pseudonyms]}::bytea[]))
      on conflict (id) do nothing returning ${audited}`.execute(tx);
    return rows.length > 0;
  }

  async rename(caller: Caller, fullName: string | null): Promise<User | null> {
    const row = await this.database.query
      .updateTable('users')
      .set({ full_name: fullName })
      .where('id', '=', caller.userId)
      .returning(columns)
      .executeTakeFirst();
    return row === undefined ? null : toUser(row);
  }

  /** Raises the epoch, which invalidates every older token of the user at the commit. Returns the new epoch. */
  async raiseEpoch(tx: Transaction, id: string, audited: AppendedEntry): Promise<number> {
    const { epoch } = await tx
      .updateTable('users')
      .set({ epoch: sql<number>`epoch + 1` })
      .where('id', '=', id)
      .returning(['epoch', audited])
      .executeTakeFirstOrThrow();
    return epoch;
  }
}

export interface UserFilter {
  readonly emailPrefix: string | null;
  readonly role: Role | null;
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

function toUser(row: Pick<Selectable<Users>, (typeof columns)[number]>): User {
  return {
    id: row.id,
    email: row.email,
    fullName: row.full_name,
    role: row.role,
    epoch: row.epoch,
    creditsBalance: Number(row.credits_balance),
    creditsReserved: Number(row.credits_reserved),
    disabledAt: row.disabled_at,
    passwordChangingUntil: row.password_changing_until,
    provenAt: row.proven_at,
    exchangedAt: row.exchanged_at,
    addressTakenAt: row.address_taken_at,
    identitySeenAt: row.identity_seen_at,
    createdAt: row.created_at,
  };
}
