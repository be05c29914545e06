import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { eventPurge } from '../../../../config/policy/operations/security-events.js';
import type { ThreatLevel } from '../../../../config/policy/perimeter/threats.js';
import type { SecurityEvent, SecurityEventName } from '../../../observability/security-events.js';
import type { SecurityEvents as SecurityEventsTable } from '../../../database/schema.js';
import { Database, type Executor } from '../../../database/database.js';
import { firstIdAt } from './event-time.js';

/** An event with its time and id. */
export interface KeptEvent extends Omit<SecurityEvent, 'signal' | 'counts'> {
  readonly id: string;
  readonly at: Date;
  /** The process that recorded it. */
  readonly instance?: string;
}

export interface EventFilter {
  readonly event: SecurityEventName | null;
  readonly level: ThreatLevel | null;
  readonly userId: string | null;
  readonly sourceIp: string | null;
  /** Keyed hash of the address aimed at. */
  readonly account: string | null;
  /** Inclusive. */
  readonly since: Date | null;
  /** Exclusive. */
  readonly until: Date | null;
}

export interface PurgedEvents {
  readonly deleted: number;
  /** Of them: those that the SIEM had not taken. */
  readonly unexported: number;
}

export interface EventCount {
  readonly event: string;
  readonly level: ThreatLevel;
  readonly count: number;
}

/** Milliseconds by which the time in an id may differ from the event's own time. */
const apartMs = 1000;

/** Security events in the database: inserted, queried by index and purged. */
@Injectable()
export class SecurityEventsRepository {
  constructor(private readonly database: Database) {}

  /** Idempotent by id. Of an account that was erased meanwhile the event does not say whose it was. */
  async add(events: readonly KeptEvent[], executor: Executor = this.database.query): Promise<void> {
    const rows = JSON.stringify(events.map(toRow));
    // One JSON parameter for any number of rows.
    await sql`
      insert into velro.security_events (id, at, event, level, text, source_ip, user_id, account, request_id, trace_id,
        method, route, instance, suppressed, response, attack, details)
      select id, at, event, level, text, source_ip, (select u.id from velro.users u where u.id = given.user_id), account, request_id,
        trace_id, method, route, instance, suppressed, response, attack, details
      from jsonb_to_recordset(${rows}::jsonb) as given (id uuid, at timestamptz, event text, level text, text text,
        source_ip text, user_id uuid, account text, request_id uuid, trace_id text, method text, route text,
        instance text, suppressed integer, response text, attack text, details jsonb)
      on conflict do nothing`.execute(executor);
  }

  /** Newest first, before `cursor`. */
  async list(filter: EventFilter, limit: number, cursor: string | null): Promise<KeptEvent[]> {
    const { event, level, userId, sourceIp, account, since, until } = filter;
    let query = this.database.query.selectFrom('security_events').selectAll();
    if (event !== null) query = query.where('event', '=', event);
    if (level !== null) query = query.where('level', '=', level);
    if (userId !== null) query = query.where('user_id', '=', userId);
    if (sourceIp !== null) query = query.where('source_ip', '=', sourceIp);
    if (account !== null) query = query.where('account', '=', account);
    if (cursor !== null) query = query.where('id', '<', cursor);
    if (since !== null)
      query = query
        .where('at', '>=', since)
        .where('id', '>=', firstIdAt(new Date(since.getTime() - apartMs)));
    if (until !== null)
      query = query.where('at', '<', until).where('id', '<', firstIdAt(new Date(until.getTime() + apartMs)));
    const rows = await query.orderBy('id', 'desc').limit(limit).execute();
    return rows.map(toKept);
  }

  /** By name and level, the most frequent first; a row counts for all that it stands for. */
  async countSince(moment: Date): Promise<EventCount[]> {
    const rows = await this.database.query
      .selectFrom('security_events')
      .select(['event', 'level', sql<number>`sum(1 + suppressed)::int`.as('count')])
      .where('id', '>=', firstIdAt(moment))
      .groupBy(['event', 'level'])
      .orderBy('count', 'desc')
      .orderBy('event')
      .execute();
    return rows.map(({ event, level, count }) => ({ event, level, count }));
  }

  /**
   * Deletes a batch of older events. Those that the SIEM had not taken are counted in the row of the export in the same statement,
   * where there is one.
   */
  async purge(before: Date, isExported: boolean): Promise<PurgedEvents> {
    const { rows } = await sql<PurgedEvents>`
      with gone as (
        delete from velro.security_events where id in (
          select id from velro.security_events where id < ${firstIdAt(before)}::uuid order by id limit ${eventPurge.batch})
        returning position
      ), sums as (
        select count(*)::int as deleted,
          (count(*) filter (where ${isExported} and position > (select position from velro.siem_export)))::int as unexported
        from gone
      ), counted as (
        update velro.siem_export set expired = expired + sums.unexported from sums where sums.unexported > 0
      )
      select deleted, unexported from sums`.execute(this.database.query);
    return rows[0] ?? { deleted: 0, unexported: 0 };
  }
}

const toRow = ({
  sourceIp,
  userId,
  requestId,
  traceId,
  suppressed = 0,
  details = {},
  at,
  ...event
}: KeptEvent) => ({
  id: event.id,
  at: at.toISOString(),
  event: event.event,
  level: event.level,
  text: event.text,
  source_ip: sourceIp,
  user_id: userId,
  account: event.account,
  request_id: requestId,
  trace_id: traceId,
  method: event.method,
  route: event.route,
  instance: event.instance,
  suppressed,
  response: event.response,
  attack: event.attack,
  details,
});

/** The event of a row. */
export const toKept = (row: Selectable<SecurityEventsTable>): KeptEvent => ({
  id: row.id,
  at: row.at,
  event: row.event as SecurityEventName,
  level: row.level,
  text: row.text,
  response: row.response,
  suppressed: row.suppressed,
  details: row.details as NonNullable<SecurityEvent['details']>,
  ...(row.source_ip === null ? {} : { sourceIp: row.source_ip }),
  ...(row.user_id === null ? {} : { userId: row.user_id }),
  ...(row.account === null ? {} : { account: row.account }),
  ...(row.request_id === null ? {} : { requestId: row.request_id }),
  ...(row.trace_id === null ? {} : { traceId: row.trace_id }),
  ...(row.method === null ? {} : { method: row.method }),
  ...(row.route === null ? {} : { route: row.route }),
  ...(row.instance === null ? {} : { instance: row.instance }),
  ...(row.attack === null ? {} : { attack: row.attack as NonNullable<SecurityEvent['attack']> }),
});
