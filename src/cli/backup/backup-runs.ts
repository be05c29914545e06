import type pg from 'pg';
import { backupPolicy } from '../../../config/policy/operations/backup.js';

export interface BackupRun {
  readonly outcome: 'succeeded' | 'incomplete' | 'failed';
  readonly name: string | null;
  readonly rows: number | null;
  readonly failure: string | null;
}

/** Keeps that a run has begun, for the service to watch: what is killed is not forgotten. Old runs go. Returns its id. */
export async function noteStart(owner: pg.Client): Promise<string> {
  await owner.query('delete from velro.backups where finished_at < now() - make_interval(days => $1)', [
    backupPolicy.keptRunDays,
  ]);
  const { rows } = await owner.query<{ id: string }>(
    `insert into velro.backups (started_at, outcome) values (clock_timestamp(), 'started') returning finished_at::text as id`,
  );
  return rows[0]?.id ?? '';
}

/** Keeps how a run has ended. `id`: of its start. */
export async function noteEnd(owner: pg.Client, id: string, run: BackupRun): Promise<void> {
  await owner.query(
    `update velro.backups set finished_at = clock_timestamp(), outcome = $2, name = $3, row_count = $4, failure = $5
     where finished_at = $1`,
    [id, run.outcome, run.name, run.rows, run.failure?.slice(0, 200) ?? null],
  );
}

/** Milliseconds until the next is due that comes so many after the last that has its rows; 0 where none was. */
export async function dueInMs(owner: pg.Client, everyMs: number): Promise<number> {
  const { rows } = await owner.query<{ ms: number | null }>(
    // An object that is missing for good is no reason to copy every row four times an hour.
    `select (extract(epoch from max(finished_at) - now()) * 1000 + $1)::float8 as ms from velro.backups
     where outcome in ('succeeded', 'incomplete')`,
    [everyMs],
  );
  return Math.max(0, rows[0]?.ms ?? 0);
}
