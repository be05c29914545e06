import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';
import { pageOf, rowsOf, type Page, type PageRequest } from '../../../database/page.js';
import { DeadJobs, type DeadJob, type DeadJobState } from '../../jobs/dead-jobs.js';

interface Row {
  readonly id: string;
  readonly state: DeadJobState;
  readonly attempts: number;
  readonly error_code: number | null;
  readonly created_at: Date;
  readonly settled_at: Date;
}

/** Of somebody who is forgotten, and whose rows wait for their deletion. */
const isForgotten = sql`exists (
  select from velro.messenger_people p where p.id = r.person_id and r.message_id <= p.removed_to)`;

/** Replies that were not sent, or of which nobody knows it. */
@Injectable()
export class DeadReplies extends DeadJobs {
  constructor(private readonly database: Database) {
    super();
  }

  async list(page: PageRequest): Promise<Page<DeadJob>> {
    const { rows } = await sql<Row>`
      select r.id, r.state, r.attempts, r.error_code, r.created_at, r.settled_at from velro.messenger_replies r
      where r.state in ('unknown', 'failed', 'expired') and ${page.cursor === null ? sql`true` : sql`r.id < ${page.cursor}::uuid`}
        and not ${isForgotten}
      order by r.id desc limit ${rowsOf(page)}`.execute(this.database.query);
    const jobs = rows.map((row) => ({
      id: row.id,
      kind: 'messenger_reply' as const,
      state: row.state,
      attempts: row.attempts,
      errorCode: row.error_code,
      createdAt: row.created_at,
      settledAt: row.settled_at,
    }));
    return pageOf(jobs, page);
  }

  /** With all its tries; whether it may still be sent is judged when it is. */
  async replay(id: string): Promise<boolean> {
    const { rows } = await sql`
      with dead as (
        update velro.messenger_replies r set state = 'queued', attempts = 0, next_attempt_at = now(), settled_at = null, error_code = null
        where r.id = ${id}::uuid and r.state in ('unknown', 'failed', 'expired') and not ${isForgotten} returning r.person_id
      )
      update velro.messenger_people p set work_at = coalesce(p.work_at, now()) from dead where p.id = dead.person_id returning p.id`.execute(
      this.database.query,
    );
    return rows.length > 0;
  }
}
