import { sql } from 'kysely';
import { Injectable } from '@nestjs/common';
import { Database, type Executor } from '../../database/database.js';
import type { AppendedEntry } from '../audit/audit-trail.service.js';
import type { Report } from './maintenance-task.js';

/** Reports that were made. */
@Injectable()
export class MaintenanceRepository {
  constructor(private readonly database: Database) {}

  /** When each task was done last, by its id; what was `not_done` counts for nothing. */
  async lastDone(ids: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    const { rows } = await sql<{ task: string; at: Date }>`
      select named.task, l.at from unnest(${[...ids]}::text[]) as named (task)
      cross join lateral (
        select r.at from velro.maintenance_reports r
        where r.task = named.task and r.outcome <> 'not_done' order by r.at desc limit 1) l`.execute(
      this.database.query,
    );
    return new Map(rows.map(({ task, at }) => [task, at]));
  }

  async add(
    executor: Executor,
    id: string,
    { task, outcome, lines }: Report & { readonly task: string },
    audited: AppendedEntry,
  ): Promise<void> {
    await executor
      .insertInto('maintenance_reports')
      .values({ id, task, outcome, lines: [...lines] })
      .returning(audited)
      .execute();
  }
}
