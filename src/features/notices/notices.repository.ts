import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { noticePolicy } from '../../../config/policy/accounts/notices.js';
import { Database, type Transaction } from '../../database/database.js';
import type { NoticeFacts, NoticeKind } from './notice-texts.js';

export interface Notice extends NoticeFacts {
  readonly recipient: string;
}

/** Mails that are to be sent. */
@Injectable()
export class NoticesRepository {
  constructor(private readonly database: Database) {}

  /**
   * `recipient`: null for the present address. False when the account does not exist, or the recipient got enough of the
   * kind.
   */
  async add(
    tx: Transaction,
    id: string,
    userId: string,
    notice: {
      readonly kind: NoticeKind;
      readonly clientIp: string | null;
      readonly recipient: string | null;
    },
  ): Promise<boolean> {
    const { kind, clientIp, recipient } = notice;
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('notices')
      .columns(['id', 'user_id', 'kind', 'recipient', 'client_ip'])
      .expression((from) =>
        from
          .selectFrom('users')
          .select([
            sql<string>`${id}::uuid`.as('id'),
            'users.id as user_id',
            sql<string>`${kind}::text`.as('kind'),
            sql<string>`coalesce(${recipient}::text, users.email)`.as('recipient'),
            sql<string>`${clientIp}::text`.as('client_ip'),
          ])
          .where('users.id', '=', userId)
          // However often somebody causes it: further ones of a kind say nothing new.
          .where(({ eb, selectFrom }) =>
            eb(
              selectFrom('notices')
                .select(({ fn }) => fn.countAll<number>().as('count'))
                .where('user_id', '=', userId)
                .where('notices.kind', '=', kind)
                .where(
                  'notices.created_at',
                  '>',
                  sql<Date>`now() - make_interval(secs => ${noticePolicy.countedSeconds})`,
                ),
              '<',
              noticePolicy.perKind,
            ),
          ),
      )
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  async find(id: string): Promise<Notice | null> {
    const row = await this.database.query
      .selectFrom('notices')
      .select(['kind', 'recipient', 'client_ip', 'created_at'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined || row.recipient === '') return null;
    return {
      kind: row.kind as NoticeKind,
      recipient: row.recipient,
      clientIp: row.client_ip,
      createdAt: row.created_at,
    };
  }

  /** Sent: the address is not kept. Where an incident is what the mail tells of, the person is noted as told. */
  async close(id: string): Promise<void> {
    await sql`
      with sent as (update velro.notices set recipient = '' where id = ${id}::uuid returning id)
      update velro.incident_affected a set sent_at = now() from sent where a.notice_id = sent.id`.execute(
      this.database.query,
    );
  }

  async remove(id: string): Promise<void> {
    await this.database.query.deleteFrom('notices').where('id', '=', id).execute();
  }

  /** Deletes a batch of older ones, and of sent ones that are no longer counted; returns how many. */
  async purge(before: Date, batch: number): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('notices')
      .where('id', 'in', (from) =>
        from
          .selectFrom('notices')
          .select('id')
          .where((either) =>
            either.or([
              either('created_at', '<', before),
              either.and([
                either('recipient', '=', ''),
                either(
                  'created_at',
                  '<',
                  sql<Date>`now() - make_interval(secs => ${noticePolicy.countedSeconds})`,
                ),
              ]),
            ]),
          )
          .limit(batch),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
