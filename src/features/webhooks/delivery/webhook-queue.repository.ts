import { Inject, Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import { CONFIG, type Config } from '../../../../config/config.js';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { Database, type Executor } from '../../../database/database.js';
import type { DeliveryState } from './webhook-outcome.js';

export interface DueDelivery {
  /** The webhook-id. */
  readonly id: string;
  readonly body: string;
  /** How often it was tried before. */
  readonly attempts: number;
  /** The span of the request that ordered the generation that it tells of; null for anything else, and where that was not traced. */
  readonly traceParent: string | null;
}

/** An endpoint that is delivered to, with what is due. `token`: of the lease, without which nothing is written. */
export interface HeldEndpoint {
  readonly id: string;
  readonly token: string;
  /** Null: an endpoint of the service. */
  readonly userId: string | null;
  readonly url: string;
  readonly secretSealed: Buffer;
  /** Null when no earlier secret signs along. */
  readonly previousSecretSealed: Buffer | null;
  readonly pauses: number;
  /** Since when instances found that they cannot open its secret; null where one could. */
  readonly unreadableSince: Date | null;
  readonly isUnreadableTold: boolean;
  readonly due: readonly DueDelivery[];
}

export interface DeliveryResult {
  readonly id: string;
  readonly state: DeliveryState;
  readonly retryMs: number | null;
  readonly status: number | null;
  readonly start: string | null;
  readonly error: string | null;
  readonly durationMs: number;
}

export interface SettledTurn {
  readonly results: readonly DeliveryResult[];
  readonly isGone: boolean;
  readonly pauses: number;
  readonly pauseMs: number;
}

/** Its receiver answered 410, or nothing but failures came for days. */
export type DisabledReason = 'gone' | 'failing';

interface Row {
  readonly endpoint_id: string;
  readonly user_id: string | null;
  readonly url: string;
  readonly secret_sealed: Buffer;
  readonly previous_secret_sealed: Buffer | null;
  readonly pauses: number;
  readonly unreadable_since: Date | null;
  readonly unreadable_told: boolean;
  readonly id: string;
  readonly body: string;
  readonly attempts: number;
  readonly trace_parent: string | null;
}

/** Of the generation that an event `generation.…` tells of. */
const ofGeneration = sql`(select g.trace_parent from velro.generations g
  where g.id = case when c.body::jsonb ->> 'type' like 'generation.%'
    and c.body::jsonb #>> '{data,id}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (c.body::jsonb #>> '{data,id}')::uuid end)`;

/** What waits to be sent. A lease that has ended writes nothing. */
@Injectable()
export class WebhookQueueRepository {
  /** Read where requests are traced alone. */
  private readonly traceParent: RawBuilder<unknown>;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) { tracing }: Pick<Config, 'tracing'>,
  ) {
    this.traceParent = tracing === null ? sql`null` : ofGeneration;
  }

  /** The endpoint for which something has waited longest, none of `skipped`; null where nothing is due. */
  async claim(token: string, skipped: readonly string[] = []): Promise<HeldEndpoint | null> {
    const { leaseMs, atOnce, perAccountAtOnce } = webhookPolicy;
    const { rows } = await sql<Row>`select c.*, ${this.traceParent} as trace_parent
        from velro.claim_webhook_endpoint(${token}::uuid, ${leaseMs}::integer, ${atOnce}::integer,
        ${perAccountAtOnce}::integer, ${skipped}::uuid[]) c`.execute(this.database.query);
    const [first] = rows;
    if (first === undefined) return null;
    return {
      id: first.endpoint_id,
      token,
      userId: first.user_id,
      url: first.url,
      secretSealed: first.secret_sealed,
      previousSecretSealed: first.previous_secret_sealed,
      pauses: first.pauses,
      unreadableSince: first.unreadable_since,
      isUnreadableTold: first.unreadable_told,
      due: rows.map(({ id, body, attempts, trace_parent: traceParent }) => ({
        id,
        body,
        attempts,
        traceParent,
      })),
    };
  }

  /** Ends the lease without an attempt: this instance cannot open the secret. Others may take it at once. */
  async leave({ id, token }: HeldEndpoint, isTold: boolean): Promise<void> {
    await sql`
      update velro.webhook_endpoints set lease = null, work_at = now(), unreadable_since = coalesce(unreadable_since, now()),
        unreadable_told = unreadable_told or ${isTold}
      where id = ${id}::uuid and lease = ${token}::uuid`.execute(this.database.query);
  }

  /** An instance could open the secret. */
  async noteReadable({ id, token }: HeldEndpoint): Promise<void> {
    await sql`
      update velro.webhook_endpoints set unreadable_since = null, unreadable_told = false
      where id = ${id}::uuid and lease = ${token}::uuid`.execute(this.database.query);
  }

  /** Why the endpoint is disabled from now on; null where it is not. */
  async settle(
    { id, token }: HeldEndpoint,
    turn: SettledTurn,
    executor: Executor = this.database.query,
  ): Promise<DisabledReason | null> {
    const results = turn.results.map((result) => ({
      id: result.id,
      state: result.state,
      retry_ms: result.retryMs,
      status: result.status,
      start: result.start,
      error: result.error,
      duration_ms: result.durationMs,
    }));
    const { rows } = await sql<{ reason: DisabledReason | '' | null }>`
      select velro.settle_webhook_turn(${id}::uuid, ${token}::uuid, ${JSON.stringify(results)}::jsonb, ${turn.isGone},
        ${turn.pauses}::integer, ${turn.pauseMs}::bigint, ${webhookPolicy.failingMs}::bigint) as reason`.execute(
      executor,
    );
    const reason = rows[0]?.reason ?? '';
    return reason === '' ? null : reason;
  }

  /** Deletes a batch of deliveries that are old; returns how many. */
  async purge(batch: number): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from velro.webhook_deliveries where id in (
        select id from velro.webhook_deliveries where created_at < now() - make_interval(days => ${webhookPolicy.keepDays})
        order by created_at limit ${batch})`.execute(this.database.query);
    return Number(numAffectedRows);
  }

  /** The same of deliveries to endpoints that were deleted. */
  async purgeRemoved(batch: number, executor: Executor = this.database.query): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from velro.webhook_deliveries where id in (
        select d.id from velro.webhook_endpoints e
        cross join lateral (select id from velro.webhook_deliveries where endpoint_id = e.id limit ${batch}) d
        where e.removed_at is not null limit ${batch})`.execute(executor);
    return Number(numAffectedRows);
  }

  /** Deletes the endpoints themselves, once none of their deliveries is left. */
  async purgeEndpoints(executor: Executor = this.database.query): Promise<void> {
    await sql`
      delete from velro.webhook_endpoints e where e.removed_at is not null
        and not exists (select from velro.webhook_deliveries d where d.endpoint_id = e.id)`.execute(executor);
  }

  /** The same of the numbers of objects that are long over; an account's own number goes on. */
  async purgeSequences(batch: number, executor: Executor = this.database.query): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from velro.webhook_sequences where object_id in (
        select object_id from velro.webhook_sequences
        where changed_at < now() - make_interval(days => ${webhookPolicy.keepSequencesDays}) and object_id is distinct from user_id
        order by changed_at limit ${batch})`.execute(executor);
    return Number(numAffectedRows);
  }
}
