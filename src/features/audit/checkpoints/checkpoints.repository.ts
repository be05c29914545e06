import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database, type Executor, type Transaction } from '../../../database/database.js';
import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import type { StreamHead } from '../trail/audit.repository.js';
import type { CheckpointFacts } from './checkpoint.js';

/** A checkpoint with the ends of all streams that its root is over. */
export interface StoredCheckpoint extends Pick<CheckpointFacts, 'at' | 'heads'> {
  readonly number: string;
  readonly note: string;
}

interface Row {
  readonly number: string;
  readonly at: Date;
  readonly positions: readonly string[];
  readonly heads: Buffer;
  readonly note: string;
}

const headBytes = 32;
const columns = sql`number::text, at, positions::text[] as positions, heads, note`;

/** Checkpoints, which can be added and read. */
@Injectable()
export class CheckpointsRepository {
  constructor(private readonly database: Database) {}

  /** One is taken at a time, on all instances, until the transaction ends. */
  async lock(tx: Transaction): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtext('velro.audit_checkpoints'))`.execute(tx);
  }

  /** Null when there is none. */
  async latest(executor: Executor = this.database.query): Promise<StoredCheckpoint | null> {
    const { rows } = await sql<Row>`
      select ${columns} from velro.audit_checkpoints order by number desc limit 1`.execute(executor);
    return rows[0] === undefined ? null : toCheckpoint(rows[0]);
  }

  /** In the order in which they were taken, behind a number. */
  async behind(number: string, atMost: number): Promise<readonly StoredCheckpoint[]> {
    const { rows } = await sql<Row>`
      select ${columns} from velro.audit_checkpoints c where c.number > ${number}::bigint order by c.number limit ${atMost}`.execute(
      this.database.query,
    );
    return rows.map(toCheckpoint);
  }

  async has(note: string): Promise<boolean> {
    const { rows } = await sql`select from velro.audit_checkpoints where note = ${note} limit 1`.execute(
      this.database.query,
    );
    return rows.length > 0;
  }

  /** Of these checkpoints those of which the log does not hold every entry that they end with; what retention took is not missed. */
  async unlike(numbers: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await sql<{ number: string }>`
      select distinct c.number::text from velro.audit_checkpoints c
      cross join lateral unnest(c.positions) with ordinality as ends (position, place)
      left join velro.audit_trims t on t.stream = ends.place - 1
      left join velro.audit_entries e on e.stream = ends.place - 1 and e.position = ends.position
      where c.number = any(${[...numbers]}::bigint[]) and ends.position > coalesce(t.position, 0)
        and e.mac is distinct from substring(c.heads from (ends.place::integer - 1) * 32 + 1 for 32)`.execute(
      this.database.query,
    );
    return new Set(rows.map(({ number }) => number));
  }

  async add(tx: Transaction, { at, heads }: CheckpointFacts, note: string): Promise<void> {
    await sql`
      insert into velro.audit_checkpoints (at, positions, heads, note)
      values (${at}, ${heads.map(({ position }) => String(position))}::bigint[], ${Buffer.concat(heads.map(({ head }) => head))}, ${note})`.execute(
      tx,
    );
  }

  /** The ends of all streams at one time; and that time, by the clock of the database. */
  async heads(tx: Transaction): Promise<Pick<CheckpointFacts, 'at' | 'heads'>> {
    const { rows } = await sql<{ stream: number; position: string; head: Buffer; at: Date }>`
      select stream, position::text, head, date_trunc('milliseconds', clock_timestamp()) as at from velro.audit_streams order by stream`.execute(
      tx,
    );
    const [first] = rows;
    if (first === undefined || rows.length !== auditPolicy.streams)
      throw new Error('the audit log does not have its streams');
    return {
      at: first.at,
      heads: rows.map(({ stream, position, head }) => ({ stream, position: BigInt(position), head })),
    };
  }
}

const toCheckpoint = ({ number, at, positions, heads, note }: Row): StoredCheckpoint => ({
  number,
  at,
  note,
  heads: positions.map((position, stream): StreamHead => ({
    stream,
    position: BigInt(position),
    head: heads.subarray(stream * headBytes, (stream + 1) * headBytes),
  })),
});
