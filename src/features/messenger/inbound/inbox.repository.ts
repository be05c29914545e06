import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { Database } from '../../../database/database.js';
import { isOfLocks, isStatementFault } from '../../../errors/database-failure.js';
import { BatchedCalls } from '../../../tasks/batched-calls.js';
import type { MessageKind } from './page-update.js';

/** A person at a page, as it is stored. */
export interface StoredPerson {
  /** Taken where the person is new. */
  readonly personId: string;
  readonly pageId: string;
  readonly psidHash: Buffer;
  /** By the key before the present one; null outside a rotation. */
  readonly earlierHash: Buffer | null;
  readonly psidSealed: Buffer;
}

export interface StoredMessage extends StoredPerson {
  readonly mid: string;
  readonly kind: MessageKind;
  readonly textSealed: Buffer | null;
  readonly sentAt: Date;
  /** It asks for the deletion of everything that is stored of the person. */
  readonly asksDeletion: boolean;
}

/** Of a reply of ours, by its mark. */
export interface OwnEcho {
  readonly replyId: string;
  readonly mid: string;
}

export interface StoredEcho extends StoredPerson {
  readonly mid: string;
  /** Of the reply that it may be; null for none of ours. */
  readonly replyId: string | null;
  /** Null where Meta does not say it. */
  readonly sentAt: Date | null;
}

const person = ({ personId, pageId, psidHash, earlierHash, psidSealed }: StoredPerson) => ({
  person_id: personId,
  page_id: pageId,
  psid_hash: psidHash.toString('hex'),
  ...(earlierHash === null ? {} : { earlier_hash: earlierHash.toString('hex') }),
  psid_sealed: psidSealed.toString('hex'),
});

const hasEarlierHash = (people: readonly StoredPerson[]): boolean =>
  people.some(({ earlierHash }) => earlierHash !== null);

/** How many of a delivery were new, and how many were of blocked people, of whom nothing is stored. */
export interface TakenMessages {
  readonly taken: number;
  readonly refused: number;
}

const { deliveriesPerStatement, messagesTakenTogether } = messengerPolicy;

/** What Meta delivers, stored in one statement for each kind; of small deliveries that come together, in one for all of them. */
@Injectable()
export class InboxRepository {
  private readonly small = new BatchedCalls<readonly StoredMessage[], TakenMessages>({
    atMost: deliveriesPerStatement,
    run: (deliveries) => this.takeAll(deliveries),
    // Somebody whose lock is held for long keeps nobody else's message from being stored.
    isOfACall: (cause) => isStatementFault(cause) || isOfLocks(cause),
  });

  constructor(private readonly database: Database) {}

  async takeMessages(messages: readonly StoredMessage[]): Promise<TakenMessages> {
    if (messages.length <= messagesTakenTogether) return this.small.make(messages);
    const [taken] = await this.takeAll([messages]);
    return taken ?? { taken: 0, refused: 0 };
  }

  private async takeAll(
    deliveries: readonly (readonly StoredMessage[])[],
  ): Promise<readonly TakenMessages[]> {
    const batch = deliveries.flatMap((messages, delivery) =>
      messages.map((message) => ({
        ...person(message),
        delivery,
        mid: message.mid,
        kind: message.kind,
        text_sealed: message.textSealed?.toString('hex') ?? null,
        sent_at: message.sentAt.toISOString(),
        ...(message.asksDeletion ? { asks_deletion: true } : {}),
      })),
    );
    const given = sql`${JSON.stringify(batch)}::jsonb`;
    // Outside a rotation of the key nobody is looked for by an earlier hash.
    const entries = deliveries.some(hasEarlierHash) ? sql`velro.messenger_hashes_in_use(${given})` : given;
    const { rows } = await sql<TakenMessages & { readonly delivery: number }>`
      select delivery, taken, refused from velro.take_messenger_deliveries(${entries})`.execute(
      this.database.query,
    );
    const byDelivery = new Map(rows.map((row) => [row.delivery, row]));
    return deliveries.map((_, delivery) => {
      const { taken, refused } = byDelivery.get(delivery) ?? { taken: 0, refused: 0 };
      return { taken, refused };
    });
  }

  /** What Meta echoes was sent, whatever was made of its sending here: it is not sent again. */
  async takeOwnEchoes(echoes: readonly OwnEcho[]): Promise<void> {
    await sql`
      update velro.messenger_replies r set state = 'sent', mid = given.mid, settled_at = coalesce(settled_at, now())
      from unnest(${echoes.map(({ replyId }) => replyId)}::uuid[], ${echoes.map(({ mid }) => mid)}::text[]) as given (id, mid)
      where r.id = given.id and r.state in ('queued', 'sending', 'unknown', 'failed')`.execute(
      this.database.query,
    );
  }

  /** Ids of the people whom a human of the page took over with these. */
  async takeEchoes(echoes: readonly StoredEcho[]): Promise<readonly string[]> {
    const batch = echoes.map((echo) => ({
      ...person(echo),
      mid: echo.mid,
      reply_id: echo.replyId,
      sent_at: echo.sentAt?.toISOString() ?? null,
    }));
    const { rows } = await sql<{ id: string }>`
      select id from ${sql.raw(`velro.take_messenger_echoes${hasEarlierHash(echoes) ? '_by_either_key' : ''}`)}(${JSON.stringify(batch)}::jsonb) as id`.execute(
      this.database.query,
    );
    return rows.map(({ id }) => id);
  }
}
