import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';
import type { AuditAction } from '../audit-action.js';

/** Which entries; null: all. */
export interface EntryFilter {
  readonly action: AuditAction | null;
  /** Hashes of one account, under the present PSEUDONYM_KEY and the one before. */
  readonly actors: readonly Buffer[] | null;
  readonly subjects: readonly Buffer[] | null;
  readonly since: Date | null;
  readonly until: Date | null;
}

/** An entry, with the key of its account while that is there. */
export interface ReadEntry {
  readonly id: string;
  readonly stream: number;
  readonly position: string;
  readonly at: Date;
  /** The same as the database writes it: to the microsecond. */
  readonly moment: string;
  readonly action: string;
  readonly actor: Buffer | null;
  readonly subject: Buffer | null;
  readonly requestId: string | null;
  readonly payload: Buffer;
  readonly mac: Buffer;
  readonly key: { readonly userId: string; readonly sealed: Buffer } | null;
}

interface Row extends Omit<ReadEntry, 'requestId' | 'key'> {
  readonly request_id: string | null;
  readonly user_id: string | null;
  readonly sealed: Buffer | null;
}

/** Entries of the audit log for those who read it. */
@Injectable()
export class AuditEntriesRepository {
  constructor(private readonly database: Database) {}

  /** The newest first, before the entry `cursor`, which may be gone meanwhile: then none. */
  newest(filter: EntryFilter, limit: number, cursor: string | null): Promise<readonly ReadEntry[]> {
    const before =
      cursor === null
        ? sql`true`
        : sql`(e.at, e.id) < (select c.at, c.id from velro.audit_entries c where c.id = ${cursor}::uuid)`;
    return this.read(filter, before, sql`desc`, limit);
  }

  /** In the order of time, behind an entry; null for the first ones. */
  behind(
    filter: EntryFilter,
    last: Pick<ReadEntry, 'moment' | 'id'> | null,
    limit: number,
  ): Promise<readonly ReadEntry[]> {
    // Not by looking it up: it may be gone meanwhile.
    const behind =
      last === null ? sql`true` : sql`(e.at, e.id) > (${last.moment}::timestamptz, ${last.id}::uuid)`;
    return this.read(filter, behind, sql`asc`, limit);
  }

  private async read(
    { action, actors, subjects, since, until }: EntryFilter,
    place: ReturnType<typeof sql>,
    direction: ReturnType<typeof sql>,
    limit: number,
  ): Promise<readonly ReadEntry[]> {
    const conditions = [
      place,
      ...(action === null ? [] : [sql`e.action = ${action}`]),
      ...(actors === null ? [] : [sql`e.actor = any(${[...actors]}::bytea[])`]),
      ...(subjects === null ? [] : [sql`e.subject = any(${[...subjects]}::bytea[])`]),
      ...(since === null ? [] : [sql`e.at >= ${since}`]),
      ...(until === null ? [] : [sql`e.at < ${until}`]),
    ];
    const { rows } = await sql<Row>`
      with found as (
        select e.* from velro.audit_entries e where ${sql.join(conditions, sql` and `)} order by e.at ${direction}, e.id ${direction} limit ${limit})
      select f.id, f.stream, f.position::text, f.at, f.at::text as moment, f.action, f.actor, f.subject, f.request_id, f.payload, f.mac, k.user_id, k.sealed
      from found f
      left join velro.audit_subjects s on s.pseudonym = f.subject
      left join velro.audit_subject_keys k on k.user_id = s.user_id
      order by f.at ${direction}, f.id ${direction}`.execute(this.database.query);
    return rows.map(({ request_id: requestId, user_id: userId, sealed, ...row }) => ({
      ...row,
      requestId,
      key: userId === null || sealed === null ? null : { userId, sealed },
    }));
  }
}
