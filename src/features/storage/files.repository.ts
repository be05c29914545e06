import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import type { Caller } from '../../guards/route/caller.js';
import { Database, type Transaction } from '../../database/database.js';
import type { FileKind, StorageUsage, StoredFile } from './file.js';
import type { Files } from '../../database/schema.js';

/** A result of a generation, stored under its key. */
export interface NewResult {
  readonly id: string;
  readonly position: number;
  readonly objectKey: string;
  readonly contentType: string;
  /** Pixels; null where they are not known. */
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: number;
  readonly sha256: Buffer;
}

const columns = [
  'id',
  'kind',
  'generation_id',
  'file_name',
  'object_key',
  'content_type',
  'width',
  'height',
  'bytes',
  'created_at',
  'expires_at',
  'scan_due_at',
] as const;
/** An expired file is hidden at once, even before the sweep deletes it. */
const living = sql<boolean>`(expires_at is null or expires_at > now())`;

/** Files in the object storage. Ownership is part of every query; the database maintains the sums of their sizes. */
@Injectable()
export class FilesRepository {
  constructor(private readonly database: Database) {}

  async addResults(
    tx: Transaction,
    userId: string,
    generationId: string,
    results: readonly NewResult[],
  ): Promise<void> {
    await tx
      .insertInto('files')
      .values(
        results.map((result) => ({
          id: result.id,
          user_id: userId,
          kind: 'result',
          generation_id: generationId,
          position: result.position,
          object_key: result.objectKey,
          content_type: result.contentType,
          width: result.width,
          height: result.height,
          bytes: result.bytes,
          sha256: result.sha256,
        })),
      )
      .execute();
  }

  async find(caller: Caller, id: string): Promise<StoredFile | null> {
    const row = await this.database.query
      .selectFrom('files')
      .select(columns)
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .where(living)
      .executeTakeFirst();
    return row === undefined ? null : toFile(row);
  }

  /** Newest first, before `cursor`. */
  async list(
    caller: Caller,
    kind: FileKind | null,
    limit: number,
    cursor: string | null,
  ): Promise<StoredFile[]> {
    const rows = await this.database.query
      .selectFrom('files')
      .select(columns)
      .where('user_id', '=', caller.userId)
      .where(living)
      .$if(kind !== null, (query) => query.where('kind', 'in', kind === null ? [] : [kind]))
      .$if(cursor !== null, (query) => query.where('id', '<', cursor ?? ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toFile);
  }

  /** Everything stored, including expired files that are not deleted yet. Null when there is no such account. */
  async usage(caller: Caller): Promise<StorageUsage | null> {
    const rows = await this.database.query
      .selectFrom('users')
      .leftJoin('file_sums', 'file_sums.user_id', 'users.id')
      .select(['users.storage_bytes', 'file_sums.kind', 'file_sums.count', 'file_sums.bytes'])
      .where('users.id', '=', caller.userId)
      .execute();
    const [first] = rows;
    if (first === undefined) return null;
    const of = (kind: FileKind) => {
      const row = rows.find((one) => one.kind === kind);
      return { files: Number(row?.count ?? 0), bytes: Number(row?.bytes ?? 0) };
    };
    return {
      bytes: Number(first.storage_bytes),
      byKind: { result: of('result'), reference: of('reference'), upload: of('upload') },
    };
  }
}

const toFile = (row: Pick<Selectable<Files>, (typeof columns)[number]>): StoredFile => ({
  id: row.id,
  kind: row.kind,
  generationId: row.generation_id,
  fileName: row.file_name,
  objectKey: row.object_key,
  contentType: row.content_type,
  width: row.width,
  height: row.height,
  bytes: Number(row.bytes),
  createdAt: row.created_at,
  isQuarantined: row.scan_due_at !== null,
  expiresAt: row.expires_at,
});
