import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { sessionPolicy } from '../../../../config/policy/accounts/tokens.js';
import type { Transaction } from '../../../database/database.js';

/** A token as it is stored: fresh, or exchanged for a successor. */
export interface StoredRefreshToken {
  readonly sealedSuccessor: Buffer | null;
  /** Whether the successor is unused, or was first used so short a time ago that this token may still ask for it. */
  readonly mayAskAgain: boolean;
}

/** The refresh tokens of a session, one after the other. Callers hold the session's lock. */
@Injectable()
export class RefreshTokensRepository {
  async add(tx: Transaction, sessionId: string, hash: Buffer): Promise<void> {
    await tx.insertInto('refresh_tokens').values({ hash, session_id: sessionId }).execute();
  }

  async find(tx: Transaction, sessionId: string, hash: Buffer): Promise<StoredRefreshToken | null> {
    const row = await tx
      .selectFrom('refresh_tokens as token')
      .leftJoin('refresh_tokens as successor', 'successor.hash', 'token.successor_hash')
      .select([
        'token.sealed_successor',
        // now() is when the transaction began, and it may have waited for the lock since.
        sql<boolean>`coalesce(successor.used_at > clock_timestamp() - make_interval(secs => ${sessionPolicy.reuseGraceSeconds}), true)`.as(
          'may_ask_again',
        ),
      ])
      .where('token.hash', '=', hash)
      .where('token.session_id', '=', sessionId)
      .executeTakeFirst();
    return row === undefined
      ? null
      : { sealedSuccessor: row.sealed_successor, mayAskAgain: row.may_ask_again };
  }

  async exchange(
    tx: Transaction,
    hash: Buffer,
    successorHash: Buffer,
    sealedSuccessor: Buffer,
  ): Promise<void> {
    await tx
      .updateTable('refresh_tokens')
      .set({
        used_at: sql<Date>`clock_timestamp()`,
        successor_hash: successorHash,
        sealed_successor: sealedSuccessor,
      })
      .where('hash', '=', hash)
      .execute();
  }
}
