import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database, type Executor } from '../../database/database.js';
import type { AppendedEntry } from '../audit/audit-trail.service.js';
import type { ControlId } from './catalogue/controls.js';
import type { Attested, Tally } from './judging/judge.js';

export interface MadeAudit extends Attested {
  readonly tally: Tally;
}

/** What persons said of controls, and audits that were made. */
@Injectable()
export class ControlsRepository {
  constructor(private readonly database: Database) {}

  /** The last word about each control, by its id. */
  async lastWords(): Promise<ReadonlyMap<string, Attested>> {
    // One look at the index for each control, however many words there are.
    const { rows } = await sql<Attested & { readonly control: string }>`
      with recursive named as (
        (select control from velro.control_attestations order by control limit 1)
        union all
        select (select a.control from velro.control_attestations a where a.control > n.control order by a.control limit 1)
        from named n where n.control is not null)
      select n.control, l.at, l.reviewer_id as reviewer from named n
      cross join lateral (
        select at, reviewer_id from velro.control_attestations a where a.control = n.control order by at desc, id desc limit 1) l`.execute(
      this.database.query,
    );
    return new Map(rows.map(({ control, at, reviewer }) => [control, { at, reviewer }]));
  }

  async attest(
    executor: Executor,
    id: string,
    word: { readonly control: ControlId; readonly reviewerId: string; readonly note: string },
    audited: AppendedEntry,
  ): Promise<void> {
    await executor
      .insertInto('control_attestations')
      .values({ id, control: word.control, reviewer_id: word.reviewerId, note: word.note })
      .returning(audited)
      .execute();
  }

  /** Null when none was made. */
  async lastAudit(): Promise<MadeAudit | null> {
    const row = await this.database.query
      .selectFrom('control_audits')
      .select(['at', 'reviewer_id', 'failed', 'not_looked_at', 'attested', 'passed', 'not_applicable'])
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) return null;
    return {
      at: row.at,
      reviewer: row.reviewer_id,
      tally: {
        fail: row.failed,
        not_looked_at: row.not_looked_at,
        attested: row.attested,
        pass: row.passed,
        not_applicable: row.not_applicable,
      },
    };
  }

  async record(
    executor: Executor,
    id: string,
    reviewerId: string,
    tally: Tally,
    audited: AppendedEntry,
  ): Promise<void> {
    await executor
      .insertInto('control_audits')
      .values({
        id,
        reviewer_id: reviewerId,
        failed: tally.fail,
        not_looked_at: tally.not_looked_at,
        attested: tally.attested,
        passed: tally.pass,
        not_applicable: tally.not_applicable,
      })
      .returning(audited)
      .execute();
  }
}
