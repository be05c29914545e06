import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { CONFIG, type Config } from '../../../../config/config.js';
import { resumablePolicy } from '../../../../config/policy/generations/uploads.js';
import { Database, type Transaction } from '../../../database/database.js';
import type { Caller } from '../../../guards/route/caller.js';

/** An upload that comes in several requests. */
export interface ResumableUpload {
  readonly id: string;
  readonly fileName: string;
  /** As the client declared it. */
  readonly declaredType: string;
  readonly bytes: number;
  /** So many are kept: the offset at which it goes on. */
  readonly received: number;
  /** Its file is stored. */
  readonly isStored: boolean;
  readonly expiresAt: Date;
}

export interface UploadPart {
  readonly objectKey: string;
  readonly bytes: number;
}

/** Unfinished uploads. Ownership is part of every query; statements that change what is held take the row of the account first. */
@Injectable()
export class ResumableRepository {
  private readonly quotaBytes: number;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) { uploads }: Config,
  ) {
    this.quotaBytes = uploads.quotaBytes;
  }

  /** The moment at which it expires, or why nothing was written. */
  create(
    caller: Caller,
    upload: Pick<ResumableUpload, 'id' | 'fileName' | 'declaredType' | 'bytes'>,
  ): Promise<Date | 'quota' | 'too_many'> {
    return this.database.transaction(async (tx) => {
      if ((await this.roomOf(tx, caller.userId)) < upload.bytes) return 'quota';
      const { rows } = await sql<{ expires_at: Date }>`
        insert into velro.uploads (id, user_id, file_name, content_type, bytes, held, expires_at)
        select ${upload.id}::uuid, ${caller.userId}::uuid, ${upload.fileName}, ${upload.declaredType},
          ${upload.bytes}::bigint, ${upload.bytes}::bigint,
          now() + ${resumablePolicy.lifetimeSeconds} * interval '1 second'
        where (select count(*) from velro.uploads where user_id = ${caller.userId} and held > 0)
          < ${resumablePolicy.perAccount}
        returning expires_at`.execute(tx);
      return rows[0]?.expires_at ?? 'too_many';
    });
  }

  /** Null for one that has expired, and for somebody else's. */
  async find(caller: Caller, id: string): Promise<ResumableUpload | null> {
    const row = await this.database.query
      .selectFrom('uploads')
      .select(['id', 'file_name', 'content_type', 'bytes', 'received', 'held', 'expires_at'])
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .where('expires_at', '>', sql<Date>`now()`)
      .executeTakeFirst();
    if (row === undefined) return null;
    return {
      id: row.id,
      fileName: row.file_name,
      declaredType: row.content_type,
      bytes: Number(row.bytes),
      received: Number(row.received),
      isStored: Number(row.held) === 0,
      expiresAt: row.expires_at,
    };
  }

  /** In the order of their bytes. */
  async parts(id: string): Promise<UploadPart[]> {
    const rows = await this.database.query
      .selectFrom('upload_parts')
      .select(['object_key', 'bytes'])
      .where('upload_id', '=', id)
      .orderBy('position')
      .execute();
    return rows.map((row) => ({ objectKey: row.object_key, bytes: row.bytes }));
  }

  /** Counts a stored part that begins at `from`. False when another request was there first, or there are too many parts. */
  async advance(caller: Caller, id: string, from: number, part: UploadPart): Promise<boolean> {
    const { rows } = await sql`
      with moved as (
        update velro.uploads set received = received + ${part.bytes}::bigint, parts = parts + 1
        where id = ${id}::uuid and user_id = ${caller.userId} and received = ${from}::bigint and held > 0
          and received + ${part.bytes}::bigint < bytes and parts < ${resumablePolicy.parts} and expires_at > now()
        returning id
      )
      insert into velro.upload_parts (upload_id, position, bytes, object_key)
      select id, ${from}::bigint, ${part.bytes}::int, ${part.objectKey} from moved
      returning upload_id`.execute(this.database.query);
    return rows.length > 0;
  }

  /**
   * Within `tx`: all of it has come, and its file of `bytes` takes the place of what was held for it. Returns the keys of its parts, which
   * are of no use any more, or why nothing was written.
   */
  async finish(
    tx: Transaction,
    caller: Caller,
    { id, bytes: held, received }: ResumableUpload,
    bytes: number,
  ): Promise<readonly string[] | 'quota' | 'conflict'> {
    const room = await this.roomOf(tx, caller.userId);
    const unfinished = await tx
      .selectFrom('uploads')
      .select('id')
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .where('received', '=', String(received))
      .where('held', '>', '0')
      .forUpdate()
      .executeTakeFirst();
    // Another request finished it: what it held is free again, and its file counts.
    if (unfinished === undefined) return 'conflict';
    if (room + held < bytes) return 'quota';
    await tx.updateTable('uploads').set({ received: held, held: 0 }).where('id', '=', id).execute();
    return this.takeParts(tx, [id]);
  }

  /** Within `tx`; returns the keys of its parts. */
  async remove(tx: Transaction, userId: string, ids: readonly string[]): Promise<readonly string[]> {
    await this.roomOf(tx, userId);
    const keys = await this.takeParts(tx, ids);
    await tx.deleteFrom('uploads').where('id', 'in', ids).where('user_id', '=', userId).execute();
    return keys;
  }

  async ofAccount(userId: string, limit: number): Promise<string[]> {
    const rows = await this.database.query
      .selectFrom('uploads')
      .select('id')
      .where('user_id', '=', userId)
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** The longest ago first. */
  async expired(limit: number): Promise<{ id: string; userId: string }[]> {
    const rows = await this.database.query
      .selectFrom('uploads')
      .select(['id', 'user_id'])
      .where('expires_at', '<=', sql<Date>`now()`)
      .orderBy('expires_at')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ id: row.id, userId: row.user_id }));
  }

  private async takeParts(tx: Transaction, ids: readonly string[]): Promise<readonly string[]> {
    const rows = await tx
      .deleteFrom('upload_parts')
      .where('upload_id', 'in', ids)
      .returning('object_key')
      .execute();
    return rows.map((row) => row.object_key);
  }

  /** Bytes that the account has left; its row is locked until the end of `tx`. */
  private async roomOf(tx: Transaction, userId: string): Promise<number> {
    const { rows } = await sql<{ room: string }>`
      select ${this.quotaBytes}::bigint - storage_bytes - held_bytes as room
      from velro.users where id = ${userId}::uuid for no key update`.execute(tx);
    return Number(rows[0]?.room ?? -Infinity);
  }
}
