import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';
import { Random } from '../../../ports/random.js';
import { toKept, type KeptEvent } from '../events/security-events.repository.js';

/** A hold on the export. Positions are whole numbers as text. */
export interface SiemLease {
  readonly claim: string;
  /** Everything up to it was accepted. */
  readonly position: string;
  /** In a row. */
  readonly failures: number;
  /** Events that were put aside since one was accepted. */
  readonly refusedInRow: number;
}

export interface PositionedEvent {
  readonly position: string;
  readonly event: KeptEvent;
}

export interface SiemLag {
  /** Events that were not accepted yet, counted up to a bound. */
  readonly waiting: number;
  /** Of the oldest of them; 0 without one. */
  readonly oldestSeconds: number;
  /** Events whose retention was over before they were accepted. */
  readonly expired: number;
  /** Events that were put aside. */
  readonly refused: number;
}

const inMs = (ms: number) => sql<Date>`now() + ${ms} * interval '1 millisecond'`;

/** The cursor of the export, which one instance moves at a time. */
@Injectable()
export class SiemExportRepository {
  constructor(
    private readonly database: Database,
    private readonly random: Random,
  ) {}

  /** Takes the lease where there is something to export; null where there is nothing, or another instance is at it. */
  async take(leaseMs: number): Promise<SiemLease | null> {
    const claim = this.random.uuid();
    const row = await this.database.query
      .updateTable('siem_export')
      .set({ claim, due_at: inMs(leaseMs) })
      .where('due_at', '<=', sql<Date>`now()`)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('security_events')
            .select('security_events.id')
            .whereRef('security_events.position', '>', 'siem_export.position'),
        ),
      )
      .returning(['position', 'failures', 'refused_in_row as refusedInRow'])
      .executeTakeFirst();
    return row === undefined ? null : { claim, ...row };
  }

  /**
   * The next events behind a position, in the order in which they were stored. Events whose transaction is still open hold back
   * those behind them: nothing is committed later at a position that was passed.
   */
  async read(position: string, limit: number): Promise<readonly PositionedEvent[]> {
    // A statement of its own: the rows are read behind it.
    const { rows } = await sql<{
      settled: string;
    }>`select velro.settled_security_event_position() as settled`.execute(this.database.query);
    const settled = rows[0]?.settled ?? position;
    const found = await this.database.query
      .selectFrom('security_events')
      .selectAll()
      .where('position', '>', position)
      .where('position', '<=', settled)
      .orderBy('position')
      .limit(limit)
      .execute();
    return found.map((row) => ({ position: row.position ?? position, event: toKept(row) }));
  }

  /** Moves the cursor and renews the lease. False when the lease was taken over, or the cursor was moved meanwhile. */
  async advance({ claim, position: from }: SiemLease, to: string, leaseMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('siem_export')
      .set({ position: to, failures: 0, refused_in_row: 0, due_at: inMs(leaseMs) })
      .where('claim', '=', claim)
      .where('position', '=', from)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** False when the lease was taken over. */
  async renew({ claim }: SiemLease, leaseMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('siem_export')
      .set({ due_at: inMs(leaseMs) })
      .where('claim', '=', claim)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /**
   * Moves the cursor behind an event that was refused alone, and notes which one it is; of earlier ones those that are still stored are
   * kept. `isNew`: it was not noted before. Null when the lease was taken over, or the cursor was moved meanwhile.
   */
  async putAside(
    { claim, position: from }: SiemLease,
    { position, event }: PositionedEvent,
    status: number,
    leaseMs: number,
  ): Promise<{ readonly isNew: boolean } | null> {
    const { rows } = await sql<{ is_new: boolean }>`
      with moved as (
        update velro.siem_export set position = ${position}::bigint, refused = refused + 1, refused_in_row = refused_in_row + 1,
          due_at = ${inMs(leaseMs)} where claim = ${claim}::uuid and position = ${from}::bigint returning 1
      ), over as (
        delete from velro.siem_refused_events r where exists (select from moved) and r.event_id <> ${event.id}::uuid
          and not exists (select from velro.security_events e where e.id = r.event_id)
      )
      insert into velro.siem_refused_events as r (event_id, position, status)
        select ${event.id}::uuid, ${position}::bigint, ${status}::integer from moved
        on conflict (event_id) do update set status = excluded.status, refused_at = now()
        returning xmax = 0 as is_new`.execute(this.database.query);
    const [row] = rows;
    return row === undefined ? null : { isNew: row.is_new };
  }

  /** Ends the lease: a delivery failed, and the next is due in so long. */
  async fail({ claim }: SiemLease, retryMs: number): Promise<void> {
    await this.database.query
      .updateTable('siem_export')
      .set(({ eb }) => ({ claim: null, failures: eb('failures', '+', 1), due_at: inMs(retryMs) }))
      .where('claim', '=', claim)
      .execute();
  }

  /** Ends the lease: whoever looks next may go on. */
  async release({ claim }: SiemLease): Promise<void> {
    await this.database.query
      .updateTable('siem_export')
      .set({ claim: null, due_at: sql<Date>`now()` })
      .where('claim', '=', claim)
      .execute();
  }

  /** `countedAtMost`: events that are counted. */
  async lag(countedAtMost: number): Promise<SiemLag> {
    const { rows } = await sql<{ waiting: number; oldest: number; expired: string; refused: string }>`
      select s.expired, s.refused,
        (select count(*)::int from (select from velro.security_events e where e.position > s.position
          limit ${countedAtMost}) as counted) as waiting,
        coalesce((select greatest(0, extract(epoch from now() - e.at))::float8 from velro.security_events e
          where e.position > s.position order by e.position limit 1), 0) as oldest
      from velro.siem_export s`.execute(this.database.query);
    const [row] = rows;
    return {
      waiting: row?.waiting ?? 0,
      oldestSeconds: row?.oldest ?? 0,
      expired: Number(row?.expired ?? 0),
      refused: Number(row?.refused ?? 0),
    };
  }
}
