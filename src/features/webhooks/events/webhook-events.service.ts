import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import type {
  AccountEventType,
  ServiceEventType,
} from '../../../../config/policy/operations/webhook-endpoints.js';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { PublicUrl } from '../../../ports/public-url.js';

/** A value, or the column of a statement that has it. */
type Text = string | RawBuilder<string>;

/** What happened to an object of an account: ids and states alone, the rest is read by its link. */
export interface AccountEvent {
  readonly type: AccountEventType;
  readonly objectId: Text;
  /** The state of the object, or how it came about. */
  readonly status: Text;
  /** Where the object is read, below the prefix of the API: `/credits/balance`. */
  readonly path: string;
  /** Its id is made by its owner, and nobody else's may be the same: events are counted by owner and id. */
  readonly isNamedByOwner?: boolean;
}

/** What happened to the service itself: for endpoints of the service alone. */
export interface ServiceEvent {
  readonly type: Exclude<ServiceEventType, AccountEventType>;
  /** `id`: of the object. */
  readonly facts: Readonly<Record<string, string | number>> & { readonly id: string };
  /** As in `AccountEvent`. */
  readonly path: string;
  /** By what its events are counted. Null: it is the only one, of a UUID of version 7, and stored once however often this is called. */
  readonly counted: string | null;
}

/**
 * Events for the endpoints of webhooks, as calls that a statement makes in its RETURNING: an event is stored by the statement of its
 * change, once for each of its rows, and what is rolled back is sent to nobody.
 */
@Injectable()
export class WebhookEvents {
  constructor(private readonly publicUrl: PublicUrl) {}

  ofAccount(
    userId: Text,
    { type, objectId, status, path, isNamedByOwner }: AccountEvent,
  ): RawBuilder<number> {
    const counted =
      isNamedByOwner === true
        ? sql`velro.webhook_object(${userId}::text, ${objectId}::text)`
        : sql`${objectId}::uuid`;
    const facts = sql`jsonb_build_object('id', ${objectId}::text, 'status', ${status}::text, 'link', ${this.linkTo(path)}::text)`;
    return sql<number>`velro.store_webhook_event(${userId}::uuid, ${type}, ${counted}, ${facts}, ${this.linkTo('/admin/users/')}::text, null)`;
  }

  ofService({ type, facts, path, counted }: ServiceEvent): RawBuilder<number> {
    const told = JSON.stringify({ ...facts, link: this.linkTo(path) });
    const object = counted === null ? null : sql`velro.webhook_object('service', ${counted})`;
    const source = counted === null ? facts.id : null;
    return sql<number>`velro.store_webhook_event(null, ${type}, ${object}, ${told}::jsonb, null, ${source}::uuid)`;
  }

  /** Null while the service begins in development and does not know its address. */
  private linkTo(path: string): string | null {
    const base = this.publicUrl.find();
    return base === null ? null : `${base}/${apiPrefix}${path}`;
  }
}
