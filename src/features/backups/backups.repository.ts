import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { backupPolicy } from '../../../config/policy/operations/backup.js';
import { Database } from '../../database/database.js';

export interface BackupState {
  /** Whether backups are made of this database at all. */
  readonly isExpected: boolean;
  /** Null: none succeeded. */
  readonly lastSuccess: Date | null;
  /** Runs since that failed, were killed, or lack objects. */
  readonly failures: number;
  readonly isOverdue: boolean;
}

/** The runs of `db:backup`. */
@Injectable()
export class BackupsRepository {
  constructor(private readonly database: Database) {}

  /** By the clock of the database. A run counts as failed that was followed by another one, or is too old, and has not come to its end. */
  async state(): Promise<BackupState> {
    const overdue = sql`make_interval(secs => ${backupPolicy.overdueMs / 1000})`;
    const { rows } = await sql<BackupState>`
      select exists (select from velro.backups) as "isExpected", s.at as "lastSuccess",
        (select count(*)::int from velro.backups b where b.finished_at > coalesce(s.at, '-infinity') and
          (b.outcome in ('failed', 'incomplete') or b.outcome = 'started' and (b.started_at < now() - ${overdue}
            or exists (select from velro.backups later where later.started_at > b.started_at)))) as failures,
        coalesce(s.at < now() - ${overdue}, true) as "isOverdue"
      from (select max(finished_at) as at from velro.backups where outcome = 'succeeded') s`.execute(
      this.database.query,
    );
    const [state] = rows;
    if (state === undefined) throw new Error('the runs of backups have no state');
    return state;
  }

  /** True for the first that asks since the backup of this time, or since there was none. */
  async claimOverdue(lastSuccess: Date | null): Promise<boolean> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('backup_watch')
      .set({ told_for: lastSuccess ?? new Date(0) })
      .where('told_for', 'is distinct from', lastSuccess ?? new Date(0))
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /**
   * True for the first that asks while the self-test is overdue that comes behind this one: it is, some days after it, or after the first
   * backup that is known where none passed.
   */
  async claimSelfTestOverdue(lastPassed: Date | null): Promise<boolean> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('backup_watch')
      .set({ self_test_told_for: lastPassed ?? new Date(0) })
      .where('self_test_told_for', 'is distinct from', lastPassed ?? new Date(0))
      .where(
        sql<boolean>`coalesce(${lastPassed}::timestamptz, (select min(finished_at) from velro.backups where outcome = 'succeeded'))
          < now() - make_interval(secs => ${backupPolicy.selfTestOverdueMs / 1000})`,
      )
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}
