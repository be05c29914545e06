import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';

/** A file that no scanner has seen. */
export interface QuarantinedFile {
  readonly id: string;
  readonly userId: string;
  readonly objectKey: string;
}

/** Uploaded files that wait for the scanner. */
@Injectable()
export class QuarantineRepository {
  constructor(private readonly database: Database) {}

  /** The one that is due for the longest time; null without one. */
  async next(): Promise<QuarantinedFile | null> {
    const row = await this.database.query
      .selectFrom('files')
      .select(['id', 'user_id', 'object_key'])
      .where('scan_due_at', '<=', sql<Date>`now()`)
      .orderBy('scan_due_at')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : { id: row.id, userId: row.user_id, objectKey: row.object_key };
  }

  /** Ends the quarantine of a file that was scanned. */
  async release({ id, objectKey }: QuarantinedFile): Promise<void> {
    await this.database.query
      .updateTable('files')
      .set({ scan_due_at: null })
      .where('id', '=', id)
      // What was scanned: nothing else stands for it.
      .where('object_key', '=', objectKey)
      .execute();
  }

  /** Others come first. */
  async postpone({ id }: QuarantinedFile, seconds: number): Promise<void> {
    await this.database.query
      .updateTable('files')
      .set({ scan_due_at: sql<Date>`now() + make_interval(secs => ${seconds})` })
      .where('id', '=', id)
      .where('scan_due_at', 'is not', null)
      .execute();
  }
}
