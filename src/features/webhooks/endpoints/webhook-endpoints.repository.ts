import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { serviceEventTypes, webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { Database, type Executor, type Transaction } from '../../../database/database.js';
import type { WebhookEndpoints } from '../../../database/schema.js';
import type { ClientContext } from '../../../network/client-context.js';
import { AuditTrail, type AppendedEntry, type AuditDetails } from '../../audit/audit-trail.service.js';
import { isOwnedBy, userIdOf, type EndpointOwner } from './endpoint-owner.js';
import type { NewWebhookEndpoint, WebhookEndpoint } from './webhook-endpoint.js';

const columns = [
  'id',
  'url',
  'description',
  'event_types',
  'created_at',
  'disabled_at',
  'disabled_reason',
  'failing_since',
  'redeliver_since',
  'redeliver_from',
] as const;
const livingPrevious = sql<Date | null>`case when previous_until > now() then previous_until end`.as(
  'previous_until',
);

/** Whoever has its lease writes nothing any more, and its secrets are gone at once. */
const removed = {
  ...{ removed_at: sql<Date>`now()`, disabled_at: sql<Date>`coalesce(disabled_at, now())` },
  ...{ lease: null, work_at: null, redeliver_from: null, previous_secret_sealed: null },
  secret_sealed: Buffer.alloc(0),
};

/** Ownership is part of every query. */
@Injectable()
export class WebhookEndpointsRepository {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  async count(tx: Transaction, owner: EndpointOwner): Promise<number> {
    return (await tx.selectFrom('webhook_endpoints as e').select('id').where(isOwnedBy(owner)).execute())
      .length;
  }

  async add(
    tx: Transaction,
    owner: EndpointOwner,
    id: string,
    { url, description, eventTypes }: NewWebhookEndpoint,
    secretSealed: Buffer,
    client: ClientContext,
  ): Promise<WebhookEndpoint> {
    const details = { endpoint: id, url, events: [...eventTypes] };
    const row = await tx
      .insertInto('webhook_endpoints')
      .values({
        id,
        user_id: userIdOf(owner),
        url,
        description,
        event_types: [...eventTypes],
        secret_sealed: secretSealed,
      })
      .returning([
        ...columns,
        livingPrevious,
        await this.entry(tx, owner, { action: 'webhook.created', details }, client),
      ])
      .executeTakeFirstOrThrow();
    return toEndpoint(row);
  }

  /** Newest first. */
  async list(owner: EndpointOwner): Promise<WebhookEndpoint[]> {
    const rows = await this.database.query
      .selectFrom('webhook_endpoints as e')
      .select([...columns, livingPrevious])
      .where(isOwnedBy(owner))
      .orderBy('id', 'desc')
      .limit(webhookPolicy.perUser)
      .execute();
    return rows.map(toEndpoint);
  }

  /** The present secret signs along for the overlap, the one before it no more. Null when they have no such endpoint. */
  async replaceSecret(
    owner: EndpointOwner,
    id: string,
    secretSealed: Buffer,
    client: ClientContext,
  ): Promise<WebhookEndpoint | null> {
    const { query } = this.database;
    const entry = { action: 'webhook.changed', details: { endpoint: id, change: 'secret' } } as const;
    const row = await query
      .updateTable('webhook_endpoints as e')
      .set({
        secret_sealed: secretSealed,
        previous_secret_sealed: sql<Buffer>`secret_sealed`,
        previous_until: sql<Date>`now() + ${webhookPolicy.overlapMs}::bigint * interval '1 millisecond'`,
      })
      .where('id', '=', id)
      .where(isOwnedBy(owner))
      .returning([...columns, livingPrevious, await this.entry(query, owner, entry, client)])
      .executeTakeFirst();
    return row === undefined ? null : toEndpoint(row);
  }

  /** Null when they have no such endpoint. */
  async find(owner: EndpointOwner, id: string): Promise<WebhookEndpoint | null> {
    const row = await this.database.query
      .selectFrom('webhook_endpoints as e')
      .select([...columns, livingPrevious])
      .where('id', '=', id)
      .where(isOwnedBy(owner))
      .executeTakeFirst();
    return row === undefined ? null : toEndpoint(row);
  }

  /** As if it had never failed. Null when they have none of this id that is disabled. */
  async enable(owner: EndpointOwner, id: string, client: ClientContext): Promise<WebhookEndpoint | null> {
    const { query } = this.database;
    const entry = { action: 'webhook.changed', details: { endpoint: id, change: 'enabled' } } as const;
    const row = await query
      .updateTable('webhook_endpoints as e')
      .set({
        ...{ disabled_at: null, disabled_reason: null, failing_since: null, pauses: 0, paused_until: null },
        work_at: sql<Date | null>`(
          select min(d.next_attempt_at) from velro.webhook_deliveries d where d.endpoint_id = e.id and d.state = 'waiting')`,
      })
      .where('id', '=', id)
      .where(isOwnedBy(owner))
      .where('disabled_at', 'is not', null)
      .returning([...columns, livingPrevious, await this.entry(query, owner, entry, client)])
      .executeTakeFirst();
    return row === undefined ? null : toEndpoint(row);
  }

  /** Sent nothing from now on, and purged with its deliveries. False when they have no such endpoint. */
  async remove(owner: EndpointOwner, id: string, client: ClientContext): Promise<boolean> {
    const { query } = this.database;
    const entry = { action: 'webhook.removed', details: { endpoint: id } } as const;
    const rows = await query
      .updateTable('webhook_endpoints as e')
      .set(removed)
      .where('id', '=', id)
      .where(isOwnedBy(owner))
      .returning(await this.entry(query, owner, entry, client))
      .execute();
    return rows.length > 0;
  }

  async removeAll(tx: Transaction, owner: EndpointOwner, client: ClientContext | null): Promise<void> {
    const entry = { action: 'webhook.removed', details: { endpoint: 'all' } } as const;
    await tx
      .updateTable('webhook_endpoints as e')
      .set(removed)
      .where(isOwnedBy(owner))
      .returning(await this.entry(tx, owner, entry, client))
      .execute();
  }

  /** The service's own endpoints are of no account. */
  private entry(
    executor: Executor,
    owner: EndpointOwner,
    { action, details }: { readonly action: WebhookAction; readonly details: AuditDetails },
    client: ClientContext | null,
  ): Promise<AppendedEntry> {
    const subjectId = owner.kind === 'service' ? null : owner.userId;
    return this.audit.entry(executor, { action, subjectId, details }, client);
  }
}

type WebhookAction = 'webhook.created' | 'webhook.changed' | 'webhook.removed';

type Row = Pick<Selectable<WebhookEndpoints>, (typeof columns)[number] | 'previous_until'>;

function toEndpoint(row: Row): WebhookEndpoint {
  const { disabled_at: at, disabled_reason: reason } = row;
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    // A type that the service no longer knows is sent to nobody.
    eventTypes: serviceEventTypes.filter((type) => row.event_types.includes(type)),
    createdAt: row.created_at,
    disabled: at === null ? null : { at, reason: reason === 'gone' ? 'gone' : 'failing' },
    failingSince: row.failing_since,
    previousSecretUntil: row.previous_until,
    redeliveringSince: row.redeliver_from === null ? null : row.redeliver_since,
  };
}
