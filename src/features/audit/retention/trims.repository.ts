import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database, type Executor } from '../../../database/database.js';
import type { SignedTrim } from './trim.js';

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

  /** Returns how many went; none where another instance was faster. */
  async trim(executor: Executor, { stream, position, signature }: SignedTrim, before: Date): Promise<number> {
    const { rows } = await sql<{ count: string }>`
      select velro.trim_audit_entries(${stream}::smallint, ${String(position)}::bigint, ${before}::timestamptz, ${signature}::bytea)::text as count`.execute(
      executor,
    );
    return Number(rows[0]?.count ?? 0);
  }
}
