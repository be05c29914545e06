import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';
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
}

const person = ({ personId, pageId, psidHash, earlierHash, psidSealed }: StoredPerson) => ({
  person_id: personId,
  page_id: pageId,
  psid_hash: psidHash.toString('hex'),
  ...(earlierHash === null ? {} : { earlier_hash: earlierHash.toString('hex') }),
  psid_sealed: psidSealed.toString('hex'),
});

/** Outside a rotation of the key nobody is looked for by an earlier hash. */
const functionOf = (
  name: 'take_messenger_messages' | 'take_messenger_echoes',
  people: readonly StoredPerson[],
) =>
  sql.raw(`velro.${name}${people.some(({ earlierHash }) => earlierHash !== null) ? '_by_either_key' : ''}`);

/** What Meta delivers, stored in one statement for each kind. */
@Injectable()
export class InboxRepository {
  constructor(private readonly database: Database) {}

  /** How many were new, and how many were of blocked people, of whom nothing is stored. */
  async takeMessages(
    messages: readonly StoredMessage[],
  ): Promise<{ readonly taken: number; readonly refused: number }> {
    const batch = messages.map((message) => ({
      ...person(message),
      mid: message.mid,
      kind: message.kind,
      text_sealed: message.textSealed?.toString('hex') ?? null,
      sent_at: message.sentAt.toISOString(),
    }));
    const { rows } = await sql<{ taken: number; refused: number }>`
      select taken, refused from ${functionOf('take_messenger_messages', messages)}(${JSON.stringify(batch)}::jsonb)`.execute(
      this.database.query,
    );
    return rows[0] ?? { taken: 0, refused: 0 };
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
    const batch = echoes.map((echo) => ({ ...person(echo), mid: echo.mid, reply_id: echo.replyId }));
    const { rows } = await sql<{ id: string }>`
      select id from ${functionOf('take_messenger_echoes', echoes)}(${JSON.stringify(batch)}::jsonb) as id`.execute(
      this.database.query,
    );
    return rows.map(({ id }) => id);
  }
}
