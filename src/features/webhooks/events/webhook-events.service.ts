import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import {
  webhookPolicy,
  type WebhookEventType,
} from '../../../../config/policy/operations/webhook-endpoints.js';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import type { Transaction } from '../../../database/database.js';
import { PublicUrl } from '../../../ports/public-url.js';
import { Random } from '../../../ports/random.js';

/** What happened to an object of an account: ids and states alone, the rest is read by its link. */
export interface WebhookEvent {
  readonly type: WebhookEventType;
  readonly objectId: string;
  /** The state of the object; null where it has none. */
  readonly status: string | null;
  /** Where the object is read, below the prefix of the API: `/credits/balance`. */
  readonly path: string;
}

/** Stores events for the endpoints of accounts. */
@Injectable()
export class WebhookEvents {
  constructor(
    private readonly publicUrl: PublicUrl,
    private readonly random: Random,
  ) {}

  /** Within the transaction of the change: what is rolled back is sent to nobody. One statement, whatever the number of endpoints. */
  async add(tx: Transaction, userId: string, { type, objectId, status, path }: WebhookEvent): Promise<void> {
    const ids = Array.from({ length: webhookPolicy.perUser }, () => this.random.timeOrderedUuid());
    const link = `${this.publicUrl.get()}/${apiPrefix}${path}`;
    await sql`select velro.add_webhook_event(${userId}::uuid, ${type}, ${objectId}::uuid, ${status}::text, ${link}, ${ids}::uuid[])`.execute(
      tx,
    );
  }
}
