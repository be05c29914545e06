import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';
import type { SignedTrim, Trim } from './trim.js';

interface Row {
  readonly position: string;
  readonly head: Buffer;
  readonly through: string;
  readonly signature: Buffer;
}

const microseconds = (column: string) =>
  sql.raw(`(extract(epoch from ${column}) * 1000000)::bigint::text as through`);

/** Entries whose retention is over, and what stands for them. */
@Injectable()
export class TrimsRepository {
  constructor(private readonly database: Database) {}

  /** Null for a stream of which nothing went. */
  async of(stream: number): Promise<SignedTrim | null> {
    const { rows } = await sql<Row>`
      select position::text, head, ${microseconds('through')}, signature from velro.audit_trims where stream = ${stream}`.execute(
      this.database.query,
    );
    const [row] = rows;
    return row === undefined
      ? null
      : { ...row, stream, position: BigInt(row.position), through: BigInt(row.through) };
  }

  /** What would be the summary of the first entries of a stream, at most so many, that are older than `before`; null when there are none. */
  async due(stream: number, before: Date, atMost: number): Promise<Trim | null> {
    // An entry behind one that is too young stays, whatever its time says.
    const { rows } = await sql<Omit<Row, 'signature'>>`
      with first as (
        select e.position, e.mac, e.at, bool_and(e.at < ${before}) over (order by e.position) as goes
        from (select * from velro.audit_entries where stream = ${stream} order by position limit ${atMost}) e)
      select f.position::text, f.mac as head, ${microseconds('f.at')} from first f where goes order by f.position desc limit 1`.execute(
      this.database.query,
    );
    const [row] = rows;
    return row === undefined
      ? null
      : { stream, position: BigInt(row.position), head: row.head, through: BigInt(row.through) };
  }

  /** Returns how many went; none where another instance was faster. */
  async trim({ stream, position, signature }: SignedTrim, before: Date): Promise<number> {
    const { rows } = await sql<{ count: string }>`
      select velro.trim_audit_entries(${stream}::smallint, ${String(position)}::bigint, ${before}::timestamptz, ${signature}::bytea)::text as count`.execute(
      this.database.query,
    );
    return Number(rows[0]?.count ?? 0);
  }
}
