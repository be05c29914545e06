import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Role } from '../../../config/policy/roles.js';
import { Database, type Executor, type Transaction } from '../../ports/database.js';
import type { Identity } from '../../ports/identity-provider.js';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly fullName: string | null;
  readonly role: Role;
  readonly epoch: number;
  readonly creditsBalance: number;
  readonly creditsReserved: number;
  readonly disabledAt: Date | null;
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
] as const;

@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  async find(id: string, executor: Executor = this.database.query): Promise<User | null> {
    const row = await executor.selectFrom('users').select(columns).where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : toUser(row);
  }

  async lock(tx: Transaction, id: string): Promise<void> {
    await tx.selectFrom('users').select('id').where('id', '=', id).forUpdate().execute();
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

  async makeFirstAdmin(tx: Transaction, id: string): Promise<boolean> {
    // Two instances that start at once come one after the other.
    await sql`select pg_advisory_xact_lock(7215104)`.execute(tx);
    if (await this.hasAdmin(tx)) return false;
    const { numUpdatedRows } = await tx
      .updateTable('users')
      .set({ role: 'super_admin', epoch: sql<number>`epoch + 1` })
      .where('id', '=', id)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async isKnown(email: string): Promise<boolean> {
    const row = await this.database.query
      .selectFrom('users')
      .select('id')
      .where(sql<string>`lower(email)`, '=', email.toLowerCase())
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Adds the account of an identity. False when it is there already: a sign-up cut in half is healed by the next sign-in. */
  async add(tx: Transaction, identity: Identity, fullName: string | null): Promise<boolean> {
    const { numInsertedOrUpdatedRows = 0n } = await tx
      .insertInto('users')
      .values({ id: identity.id, email: identity.email.toLowerCase(), full_name: fullName })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows > 0n;
  }

  async rename(id: string, fullName: string | null): Promise<User | null> {
    const row = await this.database.query
      .updateTable('users')
      .set({ full_name: fullName })
      .where('id', '=', id)
      .returning(columns)
      .executeTakeFirst();
    return row === undefined ? null : toUser(row);
  }

  /** Ends every older token of the user with this transaction. Returns the new epoch. */
  async raiseEpoch(tx: Transaction, id: string): Promise<number> {
    const { epoch } = await tx
      .updateTable('users')
      .set({ epoch: sql<number>`epoch + 1` })
      .where('id', '=', id)
      .returning('epoch')
      .executeTakeFirstOrThrow();
    return epoch;
  }
}

interface Row {
  readonly id: string;
  readonly email: string;
  readonly full_name: string | null;
  readonly role: string;
  readonly epoch: number;
  readonly credits_balance: string;
  readonly credits_reserved: string;
  readonly disabled_at: Date | null;
}

function toUser(row: Row): User {
  return {
    id: row.id,
    email: row.email,
    fullName: row.full_name,
    role: row.role as Role,
    epoch: row.epoch,
    creditsBalance: Number(row.credits_balance),
    creditsReserved: Number(row.credits_reserved),
    disabledAt: row.disabled_at,
  };
}
