import { Inject, Injectable } from '@nestjs/common';
import { sql, type QueryExecutorProvider, type RawBuilder } from 'kysely';
import { CONFIG, type Config } from '../../../../config/config.js';
import { Database, type Transaction } from '../../../database/database.js';
import type { Caller } from '../../../guards/route/caller.js';

/** An uploaded file whose object is stored. */
export interface NewUpload {
  readonly id: string;
  readonly fileName: string;
  readonly objectKey: string;
  readonly contentType: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: number;
  readonly sha256: Buffer;
  readonly isScanned: boolean;
}

/** Uploaded files. What a person may store is a condition of the statement that stores: it takes the row of the account, whose sums change with it. */
@Injectable()
export class UploadsRepository {
  /** Of one account, in bytes. */
  private readonly quotaBytes: number;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) { uploads }: Config,
  ) {
    this.quotaBytes = uploads.quotaBytes;
  }

  /** Whether so many bytes are still free. False where there is no such account. */
  async hasRoom(caller: Caller, bytes: number): Promise<boolean> {
    const { rows } = await sql<{ room: boolean }>`
      select storage_bytes + held_bytes + ${bytes}::bigint <= ${this.quotaBytes} as room
      from velro.users where id = ${caller.userId}`.execute(this.database.query);
    return rows[0]?.room === true;
  }

  /** The moment at which it was stored; null when the quota has no room for it, and nothing was. */
  async add(caller: Caller, file: NewUpload): Promise<Date | null> {
    const room = sql`storage_bytes + held_bytes + ${file.bytes}::bigint <= ${this.quotaBytes}`;
    return this.insert(this.database.query, caller, file, room);
  }

  /** Within `tx`, whose caller has looked after the quota while it holds the row of the account. */
  addWithin(tx: Transaction, caller: Caller, file: NewUpload): Promise<Date | null> {
    return this.insert(tx, caller, file, sql`true`);
  }

  private async insert(
    query: QueryExecutorProvider,
    caller: Caller,
    file: NewUpload,
    condition: RawBuilder<unknown>,
  ): Promise<Date | null> {
    const { rows } = await sql<{ created_at: Date }>`
      with account as (
        select id from velro.users
        where id = ${caller.userId} and ${condition}
        for no key update
      )
      insert into velro.files
        (id, user_id, kind, file_name, object_key, content_type, width, height, bytes, sha256, scan_due_at)
      select ${file.id}::uuid, id, 'upload', ${file.fileName}, ${file.objectKey}, ${file.contentType},
        ${file.width}::int, ${file.height}::int, ${file.bytes}::bigint, ${file.sha256}::bytea, case when ${file.isScanned} then null else now() end
      from account
      returning created_at`.execute(query);
    return rows[0]?.created_at ?? null;
  }
}
