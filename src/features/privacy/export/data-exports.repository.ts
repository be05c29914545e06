import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { dataExportPolicy } from '../../../../config/policy/privacy/export.js';
import { Database, type Transaction } from '../../../database/database.js';
import type { DataExports } from '../../../database/schema.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { AppendedEntry } from '../../audit/audit-trail.service.js';
import type { ExportPosition, PartContents } from './part-contents.js';

export interface StoredPart {
  readonly number: number;
  readonly objectKey: string;
  readonly bytes: number;
}

export interface DataExport {
  readonly id: string;
  readonly state: Selectable<DataExports>['state'];
  readonly requestedAt: Date;
  readonly finishedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** An export that this worker makes. */
export interface ClaimedExport {
  readonly id: string;
  readonly userId: string;
  readonly claim: string;
  readonly failures: number;
  readonly position: ExportPosition;
  readonly contents: readonly PartContents[];
  /** Of the next part. */
  readonly number: number;
}

const { keepDays, leaseMs, perDay } = dataExportPolicy;
const lease = sql`now() + ${leaseMs} * interval '1 millisecond'`;

interface ClaimedRow {
  readonly id: string;
  readonly user_id: string;
  readonly failures: number;
  readonly next_table: number;
  readonly next_after: string[] | null;
  readonly contents: PartContents[];
  readonly number: number;
}

/** Exports with their parts; ownership is in each query. */
@Injectable()
export class DataExportsRepository {
  constructor(private readonly database: Database) {}

  /** The one at work; null where there is none. */
  async working(tx: Transaction, caller: Caller): Promise<DataExport | null> {
    const row = await tx
      .selectFrom('data_exports')
      .selectAll()
      .where('user_id', '=', caller.userId)
      .where('state', '=', 'working')
      .executeTakeFirst();
    return row === undefined ? null : toExport(row);
  }

  /** Null, and nothing is added, when there were too many in a day. The account's row is locked by the caller. */
  async add(tx: Transaction, caller: Caller, id: string, audited: AppendedEntry): Promise<DataExport | null> {
    const { rows } = await sql<Selectable<DataExports>>`
      insert into velro.data_exports (id, user_id) select ${id}::uuid, ${caller.userId}::uuid
      where (select count(*) from velro.data_exports where user_id = ${caller.userId}::uuid
        and requested_at > now() - interval '1 day') < ${perDay}
      returning *, ${audited}`.execute(tx);
    const [row] = rows;
    return row === undefined ? null : toExport(row);
  }

  async find(caller: Caller, id: string): Promise<DataExport | null> {
    const row = await this.database.query
      .selectFrom('data_exports')
      .selectAll()
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .executeTakeFirst();
    return row === undefined ? null : toExport(row);
  }

  async parts(id: string): Promise<StoredPart[]> {
    const rows = await this.database.query
      .selectFrom('data_export_parts')
      .select(['number', 'object_key', 'bytes'])
      .where('export_id', '=', id)
      .orderBy('number')
      .execute();
    return rows.map((row) => ({ number: row.number, objectKey: row.object_key, bytes: Number(row.bytes) }));
  }

  /** The export that waits for longest, for the length of a lease; null where none does. */
  async claim(claim: string): Promise<ClaimedExport | null> {
    const { rows } = await sql<ClaimedRow>`
      update velro.data_exports e set claim = ${claim}::uuid, work_at = ${lease}
      where id = (select id from velro.data_exports where work_at <= now() order by work_at limit 1 for update skip locked)
      returning id, user_id, failures, next_table, next_after, contents,
        (select count(*)::integer + 1 from velro.data_export_parts p where p.export_id = e.id) as number`.execute(
      this.database.query,
    );
    const [row] = rows;
    if (row === undefined) return null;
    return {
      id: row.id,
      userId: row.user_id,
      claim,
      failures: row.failures,
      position: { table: row.next_table, after: row.next_after },
      contents: row.contents,
      number: row.number,
    };
  }

  /** False when another worker has it, or it is gone. */
  async renew({ id, claim }: Pick<ClaimedExport, 'id' | 'claim'>): Promise<boolean> {
    const { numAffectedRows = 0n } = await sql`
      update velro.data_exports set work_at = ${lease} where id = ${id}::uuid and claim = ${claim}::uuid`.execute(
      this.database.query,
    );
    return numAffectedRows > 0n;
  }

  /**
   * Records a stored part, and where the next one begins, in one statement; null: nowhere, and the export is ready. False when another worker has it, or it
   * is gone: then the part is nobody's.
   */
  async record(
    executor: Database['query'],
    { id, claim, number, contents }: ClaimedExport,
    part: { readonly key: string; readonly bytes: number; readonly contents: readonly PartContents[] },
    next: ExportPosition | null,
  ): Promise<boolean> {
    const all = JSON.stringify([...contents, ...part.contents]);
    const change =
      next === null
        ? sql`state = 'ready', finished_at = now(), expires_at = now() + ${keepDays} * interval '1 day', work_at = null, claim = null`
        : sql`next_table = ${next.table}, next_after = ${next.after === null ? null : [...next.after]}::text[], claim = null, work_at = now()`;
    const { rows } = await sql`
      with moved as (
        update velro.data_exports set ${change}, contents = ${all}::jsonb, failures = 0
        where id = ${id}::uuid and claim = ${claim}::uuid returning id
      )
      insert into velro.data_export_parts (export_id, number, object_key, bytes)
      select id, ${number}, ${part.key}, ${part.bytes}::bigint from moved returning number`.execute(executor);
    return rows.length > 0;
  }

  async exists(id: string): Promise<boolean> {
    const row = await this.database.query
      .selectFrom('data_exports')
      .select('id')
      .where('id', '=', id)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Ends the claim after a failure; `seconds`: until the next trial, null gives it up. */
  async release({ id, claim }: ClaimedExport, failures: number, seconds: number | null): Promise<void> {
    const change =
      seconds === null
        ? sql`state = 'failed', finished_at = now(), expires_at = now() + ${keepDays} * interval '1 day', work_at = null`
        : sql`work_at = now() + ${seconds} * interval '1 second'`;
    await sql`
      update velro.data_exports set ${change}, claim = null, failures = ${failures}
      where id = ${id}::uuid and claim = ${claim}::uuid`.execute(this.database.query);
  }

  /** Deletes at most `atMost` within `tx`, those of an account or expired ones; returns their ids and the keys of their parts. */
  async remove(
    tx: Transaction,
    which: { readonly of: string } | 'expired',
    atMost: number,
  ): Promise<{ readonly ids: readonly string[]; readonly keys: readonly string[] }> {
    const chosen = which === 'expired' ? sql`expires_at <= now()` : sql`user_id = ${which.of}::uuid`;
    const { rows } = await sql<{ id: string; keys: string[] }>`
      with gone as (
        select id, array(select object_key from velro.data_export_parts p where p.export_id = e.id) as keys
        from velro.data_exports e where ${chosen} limit ${atMost} for update
      ), deleted as (delete from velro.data_exports where id in (select id from gone))
      select id, keys from gone`.execute(tx);
    return { ids: rows.map(({ id }) => id), keys: rows.flatMap(({ keys }) => keys) };
  }
}

const toExport = (row: Selectable<DataExports>): DataExport => ({
  id: row.id,
  state: row.state,
  requestedAt: row.requested_at,
  finishedAt: row.finished_at,
  expiresAt: row.expires_at,
});
