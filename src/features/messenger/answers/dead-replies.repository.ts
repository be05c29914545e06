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

/** Replies that were not sent, or of which nobody knows it. */
@Injectable()
export class DeadReplies extends DeadJobs {
  constructor(private readonly database: Database) {
    super();
  }

  async list(page: PageRequest): Promise<Page<DeadJob>> {
    const { rows } = await sql<Row>`
      select id, state, attempts, error_code, created_at, settled_at from velro.messenger_replies
      where state in ('unknown', 'failed', 'expired') and ${page.cursor === null ? sql`true` : sql`id < ${page.cursor}::uuid`}
      order by id desc limit ${rowsOf(page)}`.execute(this.database.query);
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
        update velro.messenger_replies set state = 'queued', attempts = 0, next_attempt_at = now(), settled_at = null, error_code = null
        where id = ${id}::uuid and state in ('unknown', 'failed', 'expired') returning person_id
      )
      update velro.messenger_people p set work_at = coalesce(p.work_at, now()) from dead where p.id = dead.person_id returning p.id`.execute(
      this.database.query,
    );
    return rows.length > 0;
  }
}
