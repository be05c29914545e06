import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { eventPurge, eventReading } from '../../../../config/policy/operations/security-events.js';
import type { ThreatLevel } from '../../../../config/policy/perimeter/threats.js';
import type { SecurityEvent, SecurityEventName } from '../../../observability/security-events.js';
import type { SecurityEvents as SecurityEventsTable } from '../../../database/schema.js';
import { pageOf, type Page, type PageRequest } from '../../../database/page.js';
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

  /**
   * Newest first. Of several conditions one is answered by an index, and at most `eventReading.rows` events that meet it are read: a page
   * may then hold fewer than asked for, or none, and have a next one.
   */
  async list(filter: EventFilter, { limit, cursor }: PageRequest): Promise<Page<KeptEvent>> {
    const { since, until } = filter;
    const [first = sql`true`, ...others] = conditionsOf(filter);
    const range = [
      ...(cursor === null ? [] : [sql`id < ${cursor}::uuid`]),
      ...(since === null ? [] : [sql`id >= ${firstIdAt(new Date(since.getTime() - apartMs))}::uuid`]),
      ...(until === null ? [] : [sql`id < ${firstIdAt(new Date(until.getTime() + apartMs))}::uuid`]),
    ];
    const rest = [
      ...others,
      ...(since === null ? [] : [sql`at >= ${since}`]),
      ...(until === null ? [] : [sql`at < ${until}`]),
    ];
    const atMost = rest.length === 0 ? limit + 1 : Math.max(limit + 1, eventReading.rows);
    const { rows } = await sql<Reading>`
      with read as materialized (
        select * from velro.security_events where ${sql.join([first, ...range], sql` and `)} order by id desc limit ${atMost}
      ), bound as (
        select count(*)::int as "readRows", (select id from read order by id limit 1) as "lastRead" from read
      )
      select found.*, bound.* from bound left join lateral (
        select * from read where ${rest.length === 0 ? sql`true` : sql.join(rest, sql` and `)} order by id desc limit ${limit + 1}
      ) found on true order by found.id desc`.execute(this.database.query);
    const [{ readRows, lastRead } = { readRows: 0, lastRead: null }] = rows;
    const { items, nextCursor } = pageOf(rows.filter(isFound), { limit });
    return { items: items.map(toKept), nextCursor: nextCursor ?? (readRows < atMost ? null : lastRead) };
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

/** An event that meets the conditions, or none; and how far was read. */
type Reading = (Selectable<SecurityEventsTable> | Record<keyof SecurityEventsTable, null>) & {
  readonly readRows: number;
  readonly lastRead: string | null;
};

const isFound = (row: Reading): row is Reading & Selectable<SecurityEventsTable> => row.id !== null;

/** Each answered by an index; the one first that fewest events meet. */
const conditionsOf = ({ account, userId, sourceIp, event, level }: EventFilter): RawBuilder<unknown>[] => [
  ...(account === null ? [] : [sql`account = ${account}`]),
  ...(userId === null ? [] : [sql`user_id = ${userId}::uuid`]),
  ...(sourceIp === null ? [] : [sql`source_ip = ${sourceIp}`]),
  ...(event === null ? [] : [sql`event = ${event}`]),
  ...(level === null ? [] : [sql`level = ${level}`]),
];

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
