import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { eventPurge } from '../../../../config/policy/operations/security-events.js';
import { Database, type Transaction } from '../../../database/database.js';
import { firstIdAt } from '../events/event-time.js';

/** The payload, in the shape that Standard Webhooks recommends. */
export interface AlertPayload {
  readonly type: 'security.alert';
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Stored alerts and their delivery. */
@Injectable()
export class AlertsRepository {
  constructor(private readonly database: Database) {}

  /** False when it exists already. */
  async add(tx: Transaction, id: string, payload: AlertPayload): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('security_alerts')
      .values({ id, payload: JSON.stringify(payload) })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  /** The JSON to send, the same at each retry; null when the alert no longer exists. */
  async find(id: string): Promise<string | null> {
    const row = await this.database.query
      .selectFrom('security_alerts')
      .select('payload')
      .where('id', '=', id)
      .where('delivered_at', 'is', null)
      .executeTakeFirst();
    return row === undefined ? null : JSON.stringify(row.payload);
  }

  async markDelivered(id: string): Promise<void> {
    await this.database.query
      .updateTable('security_alerts')
      .set({ delivered_at: sql<Date>`now()` })
      .where('id', '=', id)
      .execute();
  }

  async markGivenUp(id: string): Promise<void> {
    await this.database.query
      .updateTable('security_alerts')
      .set({ gave_up_at: sql<Date>`now()` })
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
