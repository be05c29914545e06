import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { maxBlocks, type Attack, type Signal } from '../../config/policy/perimeter/threats.js';
import { Database, type Executor } from '../database/database.js';

/** A block: subject, expiry and reason. */
export interface Block {
  readonly id: string;
  /** The key that limits count by: an IPv4 address or a /64. */
  readonly address: string;
  /** Only this user at the address; null: unauthenticated requests of the address. */
  readonly userId: string | null;
  /** `manual`: added by an administrator without a kind of attack. */
  readonly attack: Attack | 'manual';
  /** Counts of the latest signals. */
  readonly signals: Readonly<Partial<Record<Signal, number>>>;
  readonly score: number;
  /** The administrator who added it; null: the service. */
  readonly madeBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const columns = [
  'id',
  'address',
  'user_id',
  'attack',
  'signals',
  'score',
  'made_by',
  'created_at',
  'expires_at',
] as const;

/** Blocks in the database; a trigger notifies every instance of a change. */
@Injectable()
export class BlocksRepository {
  constructor(private readonly database: Database) {}

  /** Idempotent by id. */
  async add(block: Block): Promise<void> {
    await this.database.query
      .insertInto('blocks')
      .values({
        id: block.id,
        address: block.address,
        user_id: block.userId,
        attack: block.attack,
        signals: JSON.stringify(block.signals),
        score: block.score,
        made_by: block.madeBy,
        created_at: block.createdAt,
        expires_at: block.expiresAt,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Active blocks, newest first, before `cursor`. */
  async inForce(limit: number = maxBlocks, cursor: string | null = null): Promise<Block[]> {
    let query = this.database.query
      .selectFrom('blocks')
      .select(columns)
      .where('lifted_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`);
    if (cursor !== null) query = query.where('id', '<', cursor);
    const rows = await query.orderBy('id', 'desc').limit(limit).execute();
    return rows.map((row) => ({
      id: row.id,
      address: row.address,
      userId: row.user_id,
      attack: row.attack as Block['attack'],
      signals: row.signals as Block['signals'],
      score: row.score,
      madeBy: row.made_by,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }));
  }

  /** Lifts every block of this block's subject. Null when no active block has this id. */
  async lift(id: string, liftedBy: string | null): Promise<Pick<Block, 'address' | 'userId'> | null> {
    const { rows } = await sql<{ address: string; user_id: string | null }>`
      update velro.blocks b set lifted_at = now(), lifted_by = ${liftedBy}
      from velro.blocks named
      where named.id = ${id} and named.lifted_at is null and named.expires_at > now()
        and b.address = named.address and b.user_id is not distinct from named.user_id
        and b.lifted_at is null and b.expires_at > now()
      returning b.address, b.user_id`.execute(this.database.query);
    const [row] = rows;
    return row === undefined ? null : { address: row.address, userId: row.user_id };
  }

  /** Lifts all blocks of an address, including those of users there, or all of a user; returns them. */
  async liftAll(
    whose: { readonly address: string } | { readonly userId: string },
    executor: Executor = this.database.query,
  ): Promise<Pick<Block, 'id' | 'address' | 'userId' | 'attack' | 'expiresAt'>[]> {
    const update = executor
      .updateTable('blocks')
      .set({ lifted_at: sql<Date>`now()` })
      .where('lifted_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`);
    const rows = await (
      'address' in whose
        ? update.where('address', '=', whose.address)
        : update.where('user_id', '=', whose.userId)
    )
      .returning(['id', 'address', 'user_id', 'attack', 'expires_at'])
      .execute();
    return rows.map((row) => ({
      id: row.id,
      address: row.address,
      userId: row.user_id,
      attack: row.attack as Block['attack'],
      expiresAt: row.expires_at,
    }));
  }

  /** Deletes at most `limit` blocks that ended before `before`; returns how many. */
  async purge(before: Date, limit: number): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('blocks')
      .where('id', 'in', (from) =>
        from.selectFrom('blocks').select('id').where('expires_at', '<', before).limit(limit),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
