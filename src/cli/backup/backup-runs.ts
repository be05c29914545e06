import type pg from 'pg';
import { backupPolicy } from '../../../config/policy/operations/backup.js';

export interface BackupRun {
  readonly startedAt: Date;
  readonly outcome: 'succeeded' | 'incomplete' | 'failed';
  readonly name: string | null;
  readonly rows: number | null;
  readonly failure: string | null;
}

/** Keeps a run for the service to watch; old ones go. */
export async function noteRun(owner: pg.Client, run: BackupRun): Promise<void> {
  await owner.query(
    'insert into velro.backups (started_at, outcome, name, row_count, failure) values ($1, $2, $3, $4, $5)',
    [run.startedAt, run.outcome, run.name, run.rows, run.failure?.slice(0, 200) ?? null],
  );
  await owner.query('delete from velro.backups where finished_at < now() - make_interval(days => $1)', [
    backupPolicy.keptRunDays,
  ]);
}

/** Milliseconds until the next is due that comes so many after the last success; 0 where none was. */
export async function dueInMs(owner: pg.Client, everyMs: number): Promise<number> {
  const { rows } = await owner.query<{ ms: number | null }>(
    `select (extract(epoch from max(finished_at) - now()) * 1000 + $1)::float8 as ms from velro.backups where outcome <> 'failed'`,
    [everyMs],
  );
  return Math.max(0, rows[0]?.ms ?? 0);
}
