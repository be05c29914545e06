import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { eventPurge } from '../../../../config/policy/operations/security-events.js';
import { Database, type Transaction } from '../../../database/database.js';
import type { SecurityEvent } from '../../../observability/security-events.js';
import { WebhookEvents } from '../../webhooks/events/webhook-events.service.js';
import { firstIdAt } from '../events/event-time.js';
import type { AlertPayload } from './alert-payload.js';
import type { AlertReceiverName } from './alert-receivers.js';

/** The columns of each receiver's delivery. */
const columns = {
  webhook: { delivered: 'delivered_at', gaveUp: 'gave_up_at' },
  mail: { delivered: 'mail_delivered_at', gaveUp: 'mail_gave_up_at' },
} as const satisfies Record<AlertReceiverName, object>;

/** Stored alerts and their delivery. */
@Injectable()
export class AlertsRepository {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookEvents,
  ) {}

  /** Stores the webhooks of an event, which name it and its level alone. Idempotent by `id`. */
  async announce(
    tx: Transaction,
    id: string,
    { event, level }: Pick<SecurityEvent, 'event' | 'level'>,
  ): Promise<void> {
    const path = `/admin/security/events?event=${event}&level=${level}`;
    const facts = { id, event, level };
    await sql`select ${this.webhooks.ofService({ type: 'security.event', facts, path, counted: null })}`.execute(
      tx,
    );
  }

  /** False when it exists already. */
  async add(tx: Transaction, id: string, payload: AlertPayload): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('security_alerts')
      .values({ id, payload: JSON.stringify(payload) })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  /** The same at each retry; null when the receiver has it, or the alert no longer exists. */
  async find(id: string, receiver: AlertReceiverName): Promise<AlertPayload | null> {
    const row = await this.database.query
      .selectFrom('security_alerts')
      .select('payload')
      .where('id', '=', id)
      .where(columns[receiver].delivered, 'is', null)
      .$castTo<{ readonly payload: AlertPayload }>()
      .executeTakeFirst();
    return row?.payload ?? null;
  }

  async markDelivered(id: string, receiver: AlertReceiverName): Promise<void> {
    await this.mark(id, columns[receiver].delivered);
  }

  async markGivenUp(id: string, receiver: AlertReceiverName): Promise<void> {
    await this.mark(id, columns[receiver].gaveUp);
  }

  private async mark(
    id: string,
    column: (typeof columns)[AlertReceiverName]['delivered' | 'gaveUp'],
  ): Promise<void> {
    await this.database.query
      .updateTable('security_alerts')
      .set({ [column]: sql<Date>`now()` })
      .where('id', '=', id)
      .execute();
  }

  /** Deletes a batch of older alerts; returns how many. */
  async purge(before: Date): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('security_alerts')
      .where('id', 'in', (from) =>
        from
          .selectFrom('security_alerts')
          .select('id')
          .where('id', '<', firstIdAt(before))
          .limit(eventPurge.batch),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
