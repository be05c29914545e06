import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';

export interface SealedPerson {
  readonly id: string;
  readonly pageId: string;
  readonly psidHash: Buffer;
  readonly psidSealed: Buffer;
}

export interface RekeyedPerson {
  readonly id: string;
  readonly psidHash: Buffer;
  readonly psidSealed: Buffer;
}

/** What holds sealed texts; of a request for deletion, the id of the person at our app. */
export const sealedTables = ['messages', 'replies', 'deletions'] as const;
export type SealedTable = (typeof sealedTables)[number];

export interface SealedRow {
  readonly id: string;
  /** What it was sealed for: a page, or the code of a request. */
  readonly context: string;
  readonly sealed: Buffer;
}

/** Each in the order of ids, after `after`, which is null for the first ones. */
const readings = {
  messages: (after: string | null, atMost: number) => sql<SealedRow>`
    select m.id::text, m.page_id as context, m.text_sealed as sealed from velro.messenger_messages m
    where m.id > coalesce(${after}::bigint, -1) and m.text_sealed is not null order by m.id limit ${atMost}`,
  replies: (after: string | null, atMost: number) => sql<SealedRow>`
    select r.id::text, p.page_id as context, r.text_sealed as sealed
    from (select * from velro.messenger_replies where ${after}::uuid is null or id > ${after}::uuid order by id limit ${atMost}) r
    join velro.messenger_people p on p.id = r.person_id order by r.id`,
  deletions: (after: string | null, atMost: number) => sql<SealedRow>`
    select d.code::text as id, d.code::text as context, d.app_user_sealed as sealed from velro.messenger_deletions d
    where (${after}::uuid is null or d.code > ${after}::uuid) and d.app_user_sealed is not null order by d.code limit ${atMost}`,
} as const;

const columnsOf = {
  messages: { table: 'messenger_messages', id: 'id', type: 'bigint', sealed: 'text_sealed' },
  replies: { table: 'messenger_replies', id: 'id', type: 'uuid', sealed: 'text_sealed' },
  deletions: { table: 'messenger_deletions', id: 'code', type: 'uuid', sealed: 'app_user_sealed' },
} as const;

/** Rows of Messenger in a rotation of PSEUDONYM_KEY. */
@Injectable()
export class RekeyRepository {
  constructor(private readonly database: Database) {}

  /** In the order of their ids, after `after`; not those of whom a block left the hash alone. */
  async people(after: string | null, atMost: number): Promise<readonly SealedPerson[]> {
    const { rows } = await sql<{ id: string; page_id: string; psid_hash: Buffer; psid_sealed: Buffer }>`
      select id, page_id, psid_hash, psid_sealed from velro.messenger_people
      where (${after}::uuid is null or id > ${after}::uuid) and psid_sealed <> '' order by id limit ${atMost}`.execute(
      this.database.query,
    );
    return rows.map((row) => ({
      id: row.id,
      pageId: row.page_id,
      psidHash: row.psid_hash,
      psidSealed: row.psid_sealed,
    }));
  }

  /** How many have the new hash; the others are being worked for, and come the next time. */
  async rekeyPeople(people: readonly RekeyedPerson[]): Promise<number> {
    const entries = people.map(({ id, psidHash, psidSealed }) => ({
      id,
      hash: psidHash.toString('hex'),
      sealed: psidSealed.toString('hex'),
    }));
    const { rows } = await sql<{ count: number }>`
      select velro.rekey_messenger_people(${JSON.stringify(entries)}::jsonb) as count`.execute(
      this.database.query,
    );
    return rows[0]?.count ?? 0;
  }

  async sealed(table: SealedTable, after: string | null, atMost: number): Promise<readonly SealedRow[]> {
    return (await readings[table](after, atMost).execute(this.database.query)).rows;
  }

  /** What was changed or removed meanwhile stays as it is. */
  async reseal(
    table: SealedTable,
    rows: readonly { readonly id: string; readonly before: Buffer; readonly after: Buffer }[],
  ): Promise<void> {
    const { table: name, id, type, sealed } = columnsOf[table];
    const [key, column] = [sql.ref(id), sql.ref(sealed)];
    await sql`
      update velro.${sql.raw(name)} t set ${column} = given.after
      from unnest(${rows.map((row) => row.id)}::${sql.raw(type)}[], ${rows.map((row) => row.before)}::bytea[],
        ${rows.map((row) => row.after)}::bytea[]) as given (id, before, after)
      where t.${key} = given.id and t.${column} = given.before`.execute(this.database.query);
  }
}
