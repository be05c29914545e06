import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';
import type { AppendedEntry } from '../../audit/audit-trail.service.js';
import { pageOf, rowsOf, type Page, type PageRequest } from '../../../database/page.js';

export const messengerModes = ['bot', 'human'] as const;
export type MessengerMode = (typeof messengerModes)[number];

/** Somebody who wrote to a page: nobody here knows who it is. */
export interface MessengerPerson {
  readonly id: string;
  readonly pageId: string;
  /** The keyed hash of page and PSID, in hex. */
  readonly pseudonym: string;
  readonly mode: MessengerMode;
  readonly lastInboundAt: Date | null;
  readonly blockedAt: Date | null;
  readonly createdAt: Date;
}

/** Null: stays. */
export interface PersonChange {
  readonly mode: MessengerMode | null;
  readonly blocked: boolean | null;
}

interface Row {
  readonly id: string;
  readonly page_id: string;
  readonly psid_hash: Buffer;
  readonly mode: MessengerMode;
  readonly last_inbound_at: Date | null;
  readonly blocked_at: Date | null;
  readonly created_at: Date;
}

const columns = sql`id, page_id, psid_hash, mode, last_inbound_at, blocked_at, created_at`;

const personOf = (row: Row): MessengerPerson => ({
  id: row.id,
  pageId: row.page_id,
  pseudonym: row.psid_hash.toString('hex'),
  mode: row.mode,
  lastInboundAt: row.last_inbound_at,
  blockedAt: row.blocked_at,
  createdAt: row.created_at,
});

/** The people who write to pages, for administrators. */
@Injectable()
export class PeopleRepository {
  constructor(private readonly database: Database) {}

  /** The latest first. `isBlocked`: only those who are; null for all. */
  async list(
    page: PageRequest,
    mode: MessengerMode | null,
    isBlocked: boolean | null,
  ): Promise<Page<MessengerPerson>> {
    const { rows } = await sql<Row>`
      select ${columns} from velro.messenger_people
      where removed_at is null and ${page.cursor === null ? sql`true` : sql`id < ${page.cursor}::uuid`}
        and ${mode === null ? sql`true` : mode === 'human' ? sql`mode = 'human'` : sql`mode = 'bot'`}
        and ${isBlocked === null ? sql`true` : isBlocked ? sql`blocked_at is not null` : sql`blocked_at is null`}
      order by id desc limit ${rowsOf(page)}`.execute(this.database.query);
    return pageOf(rows.map(personOf), page);
  }

  /**
   * Null for an unknown one. What waits for somebody who is blocked, or whom a human answers, is not answered any more. A conversation
   * that is handed back is answered from its next message on.
   */
  async change(
    id: string,
    { mode, blocked }: PersonChange,
    audited: AppendedEntry,
  ): Promise<MessengerPerson | null> {
    return this.database.transaction(async (tx) => {
      const { rows } = await sql<Row>`
        update velro.messenger_people set mode = coalesce(${mode}, mode),
          blocked_at = case ${blocked}::boolean when true then coalesce(blocked_at, now()) when false then null else blocked_at end
        where id = ${id}::uuid and removed_at is null returning ${columns}, ${audited}`.execute(tx);
      const [row] = rows;
      if (row === undefined) return null;
      if (row.mode === 'human' || row.blocked_at !== null)
        await sql`select velro.silence_messenger_people(array[${id}::uuid])`.execute(tx);
      return personOf(row);
    });
  }

  /**
   * Forgets all that is stored of somebody: at once for everybody who asks, and its rows in batches where there are many (`sweep`). Of a
   * blocked person the hash stays, by which the block holds. False for an unknown one.
   */
  async forget(id: string, audited: AppendedEntry): Promise<boolean> {
    const { rows } = await sql<{ done: boolean }>`
      select done, case when done then ${audited.expression} end
      from (select velro.forget_messenger_person(${id}::uuid) as done offset 0) as asked`.execute(
      this.database.query,
    );
    return rows[0]?.done ?? false;
  }

  /** Deletes what is left of people who are forgotten, at most so many rows of each kind; returns how many. */
  async sweep(atMost: number): Promise<number> {
    const { rows } = await sql<{
      count: number;
    }>`select velro.sweep_removed_messenger_people(${atMost}::integer) as count`.execute(this.database.query);
    return rows[0]?.count ?? 0;
  }

  /** Messages of people who are forgotten, which Meta does not deliver again any more, are not known by their digest either. */
  async purgeForgotten(atMost: number): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from velro.messenger_forgotten_messages where digest in (
        select digest from velro.messenger_forgotten_messages where until < now() order by until limit ${atMost})`.execute(
      this.database.query,
    );
    return Number(numAffectedRows);
  }

  /** Deletes the oldest messages beyond `days`, with their replies; returns how many. */
  async purgeMessages(days: number, atMost: number): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from velro.messenger_messages where id in (
        select id from velro.messenger_messages where received_at < now() - ${days}::integer * interval '1 day'
        order by received_at limit ${atMost})`.execute(this.database.query);
    return Number(numAffectedRows);
  }

  /** Deletes people who last wrote more than `days` ago, but those who are blocked; returns how many. */
  async purgePeople(days: number, atMost: number): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      delete from velro.messenger_people p where id in (
        select id from velro.messenger_people
        where coalesce(last_inbound_at, created_at) < now() - ${days}::integer * interval '1 day' and blocked_at is null
          and removed_to is null
        order by coalesce(last_inbound_at, created_at) limit ${atMost})
      and coalesce(p.last_inbound_at, p.created_at) < now() - ${days}::integer * interval '1 day'`.execute(
      this.database.query,
    );
    return Number(numAffectedRows);
  }
}
