import { Injectable } from '@nestjs/common';
import { sql, type AliasedExpression, type Expression, type RawBuilder } from 'kysely';
import { Database, type Executor } from '../../../database/database.js';
import type { AuditAction } from '../audit-action.js';
import type { StoredEntry } from '../chain/audit-chain.js';

export interface NewEntry extends Pick<StoredEntry, 'id' | 'actor' | 'subject' | 'requestId' | 'payload'> {
  readonly action: AuditAction;
  /** Of the entry's own key, 64 bytes each. */
  readonly inner: Buffer;
  readonly outer: Buffer;
}

export interface StreamHead {
  readonly stream: number;
  readonly position: bigint;
  readonly head: Buffer;
}

interface Row {
  readonly stream: number;
  readonly position: string;
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly actor: Buffer | null;
  readonly subject: Buffer | null;
  readonly request_id: string | null;
  readonly payload: Buffer;
  readonly mac: Buffer;
}

/** Appends an entry when a statement evaluates it; one that its transaction has already is not appended again. */
export const appended = (entry: NewEntry): RawBuilder<unknown> => sql`
  velro.append_audit_entry(${entry.id}::uuid, ${entry.action}, ${entry.actor}::bytea, ${entry.subject}::bytea, ${entry.requestId}::text,
    ${entry.payload}::bytea, ${entry.inner}::bytea, ${entry.outer}::bytea)`;

/** The same, with the key of an account that the statement adds. */
export const appendedFirst = (entry: NewEntry, userId: string, sealedKey: Buffer): RawBuilder<unknown> => sql`
  velro.append_first_audit_entry(${userId}::uuid, ${sealedKey}::bytea, ${entry.id}::uuid, ${entry.action}, ${entry.actor}::bytea,
    ${entry.subject}::bytea, ${entry.requestId}::text, ${entry.payload}::bytea, ${entry.inner}::bytea, ${entry.outer}::bytea)`;

/** Entries of the audit log, which can be added and read. */
@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  async append(
    executor: Executor,
    entry: Expression<unknown> | AliasedExpression<unknown, string>,
  ): Promise<void> {
    await sql`select ${entry}`.execute(executor);
  }

  async heads(): Promise<readonly StreamHead[]> {
    const { rows } = await sql<{ stream: number; position: string; head: Buffer }>`
      select stream, position::text, head from velro.audit_streams order by stream`.execute(
      this.database.query,
    );
    return rows.map((row) => ({ ...row, position: BigInt(row.position) }));
  }

  /** Whether there is any. */
  async exist(): Promise<boolean> {
    const { rows } = await sql`select from velro.audit_entries limit 1`.execute(this.database.query);
    return rows.length > 0;
  }

  /** Null for no stream. */
  async head(stream: number): Promise<StreamHead | null> {
    const { rows } = await sql<{ position: string; head: Buffer }>`
      select position::text, head from velro.audit_streams where stream = ${stream}`.execute(
      this.database.query,
    );
    const [row] = rows;
    return row === undefined ? null : { stream, position: BigInt(row.position), head: row.head };
  }

  /** Of one stream, behind a position, in order. */
  async entries(stream: number, behind: bigint, atMost: number): Promise<readonly StoredEntry[]> {
    const { rows } = await sql<Row>`
      select stream, position::text, id::text, (extract(epoch from at) * 1000000)::bigint::text as at, action, actor, subject, request_id,
        payload, mac
      from velro.audit_entries e where stream = ${stream} and e.position > ${String(behind)}::bigint
      order by e.position limit ${atMost}`.execute(this.database.query);
    return rows.map(({ request_id: requestId, ...row }) => ({
      ...row,
      position: BigInt(row.position),
      at: BigInt(row.at),
      requestId,
    }));
  }
}
