import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { Database } from '../../../database/database.js';
import { pageOf, rowsOf, type Page, type PageRequest } from '../../../database/page.js';
import type { WebhookDeliveries } from '../../../database/schema.js';
import { isOwnedBy, type EndpointOwner } from './endpoint-owner.js';
import { deliveryStates, type Redelivery, type WebhookDelivery } from './webhook-endpoint.js';

type Row = Omit<Selectable<WebhookDeliveries>, 'endpoint_id' | 'settled_at'>;
const columns = sql`d.id, d.event_type, d.state, d.body, d.attempts, d.created_at, d.next_attempt_at, d.attempted_at,
  d.response_status, d.response_start, d.error, d.duration_ms`;

/** Wakes the endpoint of this id that is theirs and in use: `due` has its id, or no row. */
const due = (owner: EndpointOwner, endpointId: string) => sql`
  update velro.webhook_endpoints e set
    work_at = case when e.lease is null then least(e.work_at, greatest(now(), e.paused_until)) else e.work_at end
  where e.id = ${endpointId}::uuid and ${isOwnedBy(owner)} and e.disabled_at is null returning e.id`;

/** Deliveries to endpoints of an account or of the service. Ownership is part of every query. */
@Injectable()
export class WebhookDeliveriesRepository {
  constructor(private readonly database: Database) {}

  /** Whether they have the endpoint, whether it is in use, and whether at least `many` deliveries wait; null when there is none. */
  async stateOf(
    owner: EndpointOwner,
    endpointId: string,
    many: number,
  ): Promise<{ readonly isDisabled: boolean; readonly isBusy: boolean } | null> {
    const { rows } = await sql<{ is_disabled: boolean; is_busy: boolean }>`
      select disabled_at is not null as is_disabled, (
        select count(*) from (
          select from velro.webhook_deliveries d where d.endpoint_id = e.id and d.state = 'waiting' limit ${many}) w
      ) >= ${many} as is_busy
      from velro.webhook_endpoints e where e.id = ${endpointId}::uuid and ${isOwnedBy(owner)}`.execute(
      this.database.query,
    );
    const [row] = rows;
    return row === undefined ? null : { isDisabled: row.is_disabled, isBusy: row.is_busy };
  }

  /** Newest first. */
  async list(owner: EndpointOwner, endpointId: string, page: PageRequest): Promise<Page<WebhookDelivery>> {
    const { rows } = await sql<Row>`
      select ${columns} from velro.webhook_deliveries d
      where d.endpoint_id = (select e.id from velro.webhook_endpoints e where e.id = ${endpointId}::uuid and ${isOwnedBy(owner)})
        and ${page.cursor === null ? sql`true` : sql`d.id < ${page.cursor}::uuid`}
      order by d.id desc limit ${rowsOf(page)}`.execute(this.database.query);
    return pageOf(rows.map(toDelivery), page);
  }

  /** Stores a webhook to one endpoint. Null when they have none of this id that is in use. */
  async add(
    owner: EndpointOwner,
    endpointId: string,
    { id, eventType, body }: Pick<WebhookDelivery, 'id' | 'eventType' | 'body'>,
  ): Promise<WebhookDelivery | null> {
    const { rows } = await sql<Row>`
      with due as (${due(owner, endpointId)})
      insert into velro.webhook_deliveries as d (id, endpoint_id, event_type, body)
        select ${id}::uuid, due.id, ${eventType}, ${body} from due returning ${columns}`.execute(
      this.database.query,
    );
    return rows[0] === undefined ? null : toDelivery(rows[0]);
  }

  /**
   * Begins a redelivery, unless one is under way or began less than `everyMs` ago. False when it does not begin, and when they have none of
   * this id that is in use.
   */
  async begin(
    owner: EndpointOwner,
    endpointId: string,
    { since, status }: Redelivery,
    { keepDays, everyMs }: { readonly keepDays: number; readonly everyMs: number },
  ): Promise<boolean> {
    const { numAffectedRows = 0n } = await sql`
      update velro.webhook_endpoints e set redeliver_since = ${since}, redeliver_all = ${status === 'all'}, redelivered_at = now(),
        redeliver_from = velro.id_before(greatest(${since}, now() - make_interval(days => ${keepDays}))),
        redeliver_to = velro.id_before(now() + interval '1 second'),
        work_at = case when e.lease is null then least(e.work_at, greatest(now(), e.paused_until)) else e.work_at end
      where e.id = ${endpointId}::uuid and ${isOwnedBy(owner)} and e.disabled_at is null and e.redeliver_from is null
        and (e.redelivered_at is null or e.redelivered_at <= now() - ${everyMs} * interval '1 millisecond')`.execute(
      this.database.query,
    );
    return numAffectedRows > 0n;
  }

  /** Whether the last redelivery was asked for by the same, less than `everyMs` ago or so that it is still under way. */
  async isBegun(
    owner: EndpointOwner,
    endpointId: string,
    { since, status }: Redelivery,
    everyMs: number,
  ): Promise<boolean> {
    const { rows } = await sql`
      select from velro.webhook_endpoints e where e.id = ${endpointId}::uuid and ${isOwnedBy(owner)}
        and e.redeliver_since = ${since} and e.redeliver_all = ${status === 'all'}
        and (e.redeliver_from is not null or e.redelivered_at > now() - ${everyMs} * interval '1 millisecond')`.execute(
      this.database.query,
    );
    return rows.length > 0;
  }

  /** Makes one due at once, with all its attempts. Null when the endpoint of this id, if they have it in use, has no such delivery. */
  async again(owner: EndpointOwner, endpointId: string, id: string): Promise<WebhookDelivery | null> {
    const { rows } = await sql<Row>`
      with due as (${due(owner, endpointId)})
      update velro.webhook_deliveries d set state = 'waiting', attempts = 0, next_attempt_at = now(), settled_at = null
        from due where d.id = ${id}::uuid and d.endpoint_id = due.id returning ${columns}`.execute(
      this.database.query,
    );
    return rows[0] === undefined ? null : toDelivery(rows[0]);
  }
}

const toDelivery = (row: Row): WebhookDelivery => ({
  id: row.id,
  eventType: row.event_type,
  state: deliveryStates.find((state) => state === row.state) ?? 'cancelled',
  body: row.body,
  attempts: row.attempts,
  createdAt: row.created_at,
  nextAttemptAt: row.state === 'waiting' ? row.next_attempt_at : null,
  attemptedAt: row.attempted_at,
  responseStatus: row.response_status,
  responseStart: row.response_start,
  error: row.error,
  durationMs: row.duration_ms,
});
