import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { Database, type Executor, type Transaction } from '../../../database/database.js';
import type { PrivacyChoices } from '../../../database/schema.js';
import type { AppendedEntry } from '../../audit/audit-trail.service.js';

/** By what a choice became known. */
export type ChoiceSource = 'request' | 'signal';

export interface NewChoice {
  readonly purpose: string;
  /** Agreed, read, objected; false: no longer. */
  readonly chosen: boolean;
  readonly version: string;
  /** SHA-256 of the text, 32 bytes. */
  readonly textHash: Buffer;
  readonly source: ChoiceSource;
}

export interface PrivacyChoice extends NewChoice {
  readonly decidedAt: Date;
}

/** Choices are only added; the latest of a purpose holds. */
@Injectable()
export class PrivacyChoicesRepository {
  constructor(private readonly database: Database) {}

  /** The latest of each of the purposes that were ever decided. */
  async latest(
    userId: string,
    purposes: readonly string[],
    executor: Executor = this.database.query,
  ): Promise<ReadonlyMap<string, PrivacyChoice>> {
    const { rows } = await sql<Selectable<PrivacyChoices>>`
      select c.* from unnest(${[...purposes]}::text[]) as asked (purpose) cross join lateral (
        select * from velro.privacy_choices c where c.user_id = ${userId}::uuid and c.purpose = asked.purpose
        order by c.number desc limit 1) c`.execute(executor);
    return new Map(rows.map((row) => [row.purpose, toChoice(row)]));
  }

  /** Every choice of an account, the latest first. */
  async history(userId: string, atMost: number): Promise<PrivacyChoice[]> {
    const rows = await this.database.query
      .selectFrom('privacy_choices')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('number', 'desc')
      .limit(atMost)
      .execute();
    return rows.map(toChoice);
  }

  /** How often an account chose so within a day. */
  async sinceYesterday(tx: Transaction, userId: string, purpose: string, chosen: boolean): Promise<number> {
    const { rows } = await sql<{ given: number }>`
      select count(*)::integer as given from velro.privacy_choices
      where user_id = ${userId}::uuid and purpose = ${purpose} and chosen = ${chosen} and decided_at > now() - interval '1 day'`.execute(
      tx,
    );
    return rows[0]?.given ?? 0;
  }

  /** Within a transaction that has locked the account. */
  async add(tx: Transaction, userId: string, choice: NewChoice, audited: AppendedEntry): Promise<void> {
    const { purpose, chosen, version, textHash, source } = choice;
    await sql`
      insert into velro.privacy_choices (user_id, purpose, chosen, version, text_sha256, source)
      values (${userId}::uuid, ${purpose}, ${chosen}, ${version}, ${textHash}::bytea, ${source}) returning ${audited}`.execute(
      tx,
    );
  }
}

const toChoice = (row: Selectable<PrivacyChoices>): PrivacyChoice => ({
  purpose: row.purpose,
  chosen: row.chosen,
  version: row.version,
  textHash: row.text_sha256,
  source: row.source,
  decidedAt: row.decided_at,
});
