import { Injectable } from '@nestjs/common';
import { sql, type AliasedExpression, type Selectable } from 'kysely';
import { blockListPolicy, type Attack, type Signal } from '../../config/policy/perimeter/threats.js';
import { Database, type Executor, type Transaction } from '../database/database.js';
import type { Blocks } from '../database/schema.js';

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

/** An expression that appends an entry to the audit log when a statement returns it. */
type Audited = AliasedExpression<unknown, 'audited'>;

/** What was committed since a snapshot. */
export interface BlockChanges {
  readonly changed: readonly { readonly block: Block; readonly isLifted: boolean }[];
  readonly snapshot: string;
  /** There is more than one look reads. */
  readonly isCut: boolean;
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

  /** Idempotent by id. `audited`: what the audit log says of one that an administrator adds. */
  async add(
    block: Block,
    audited: Audited | null = null,
    executor: Executor = this.database.query,
  ): Promise<void> {
    await executor
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
      .$if(audited !== null, (query) => query.returning(audited === null ? [] : [audited]))
      .execute();
  }

  /** Active blocks, newest first, before `cursor`. */
  async inForce(limit: number, cursor: string | null = null): Promise<Block[]> {
    let query = this.active().select(columns);
    if (cursor !== null) query = query.where('id', '<', cursor);
    const rows = await query.orderBy('id', 'desc').limit(limit).execute();
    return rows.map(toBlock);
  }

  /** Active blocks of administrators. */
  async countManual(executor: Executor): Promise<number> {
    const { count } = await this.active(executor)
      .where('made_by', 'is not', null)
      .select(sql<number>`count(*)::int`.as('count'))
      .executeTakeFirstOrThrow();
    return count;
  }

  /** One page of the active blocks of administrators or of the service, newest first, before `before`. */
  async page(by: 'administrators' | 'service', before: string | null): Promise<Block[]> {
    let query = this.active()
      .select(columns)
      .where('made_by', by === 'service' ? 'is' : 'is not', null);
    if (before !== null) query = query.where('id', '<', before);
    return (await query.orderBy('id', 'desc').limit(blockListPolicy.pageRows).execute()).map(toBlock);
  }

  async snapshot(): Promise<string> {
    const { rows } = await sql<{ snapshot: string }>`
      select pg_current_snapshot()::text as snapshot`.execute(this.database.query);
    return rows[0]?.snapshot ?? '';
  }

  /** The blocks that were added or lifted by transactions which the snapshot did not show, and the snapshot of this look. */
  async since(snapshot: string): Promise<BlockChanges> {
    const { rows } = await sql<{ snapshot: string; changed: readonly ChangedRow[] }>`
      select pg_current_snapshot()::text as snapshot, coalesce((select json_agg(found) from (
        select ${sql.join(columns.map((name) => sql.ref(name)))}, lifted_at is not null as lifted from velro.blocks
        where written_by >= pg_snapshot_xmin(${snapshot}::pg_snapshot)
          and not pg_visible_in_snapshot(written_by, ${snapshot}::pg_snapshot)
        limit ${blockListPolicy.lookRows + 1}) found), '[]') as changed`.execute(this.database.query);
    const [look] = rows;
    if (look === undefined) throw new Error('a look at the blocks without an answer');
    return {
      snapshot: look.snapshot,
      isCut: look.changed.length > blockListPolicy.lookRows,
      changed: look.changed.map((row) => ({
        block: toBlock({
          ...row,
          created_at: new Date(row.created_at),
          expires_at: new Date(row.expires_at),
        }),
        isLifted: row.lifted,
      })),
    };
  }

  /** Every active block of the subject of the block with this id, locked; none when that one is not active. */
  async lockSubject(tx: Transaction, id: string): Promise<Block[]> {
    const rows = await tx
      .selectFrom('blocks as b')
      .innerJoin('blocks as named', (join) =>
        join
          .onRef('b.address', '=', 'named.address')
          .on(sql<boolean>`b.user_id is not distinct from named.user_id`),
      )
      .selectAll('b')
      .where('named.id', '=', id)
      .where((both) =>
        both.and(
          (['b', 'named'] as const).flatMap((name) => [
            both(`${name}.lifted_at`, 'is', null),
            both(`${name}.expires_at`, '>', sql<Date>`now()`),
          ]),
        ),
      )
      // In one order, so that two administrators who lift blocks of one subject do not wait for each other.
      .orderBy('b.id')
      .forUpdate('b')
      .execute();
    return rows.map(toBlock);
  }

  async lift(
    tx: Transaction,
    blocks: readonly Pick<Block, 'id'>[],
    liftedBy: string,
    audited: Audited,
  ): Promise<void> {
    await tx
      .updateTable('blocks')
      .set({ lifted_at: sql<Date>`now()`, lifted_by: liftedBy })
      .where(
        'id',
        'in',
        blocks.map(({ id }) => id),
      )
      .returning(audited)
      .execute();
  }

  /** Lifts all blocks of an address, including those of users there, or all of a user; returns them. */
  async liftAll(
    whose: { readonly address: string } | { readonly userId: string },
    audited: Audited,
    executor: Executor,
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
      .returning(['id', 'address', 'user_id', 'attack', 'expires_at', audited])
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

  private active(executor: Executor = this.database.query) {
    return executor
      .selectFrom('blocks')
      .where('lifted_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`);
  }
}

type Row = Pick<Selectable<Blocks>, (typeof columns)[number]>;
/** Times come as text in JSON. */
type ChangedRow = Omit<Row, 'created_at' | 'expires_at'> & {
  readonly created_at: string;
  readonly expires_at: string;
  readonly lifted: boolean;
};

const toBlock = (row: Row): Block => ({
  id: row.id,
  address: row.address,
  userId: row.user_id,
  attack: row.attack as Block['attack'],
  signals: row.signals as Block['signals'],
  score: row.score,
  madeBy: row.made_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});
