import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { backupPolicy } from '../../../config/policy/operations/backup.js';
import { Database } from '../../database/database.js';

export interface BackupState {
  /** Whether backups are made of this database at all. */
  readonly isExpected: boolean;
  /** Null: none succeeded. */
  readonly lastSuccess: Date | null;
  /** Runs that failed since. */
  readonly failures: number;
  readonly isOverdue: boolean;
}

/** The runs of `db:backup`. */
@Injectable()
export class BackupsRepository {
  constructor(private readonly database: Database) {}

  /** By the clock of the database. */
  async state(): Promise<BackupState> {
    const { rows } = await sql<BackupState>`
      select exists (select from velro.backups) as "isExpected", s.at as "lastSuccess",
        (select count(*)::int from velro.backups b where b.outcome = 'failed' and b.finished_at > coalesce(s.at, '-infinity')) as failures,
        coalesce(s.at < now() - make_interval(secs => ${backupPolicy.overdueMs / 1000}), true) as "isOverdue"
      from (select max(finished_at) as at from velro.backups where outcome <> 'failed') s`.execute(
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
}
