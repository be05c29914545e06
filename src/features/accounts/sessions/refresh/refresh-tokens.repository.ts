import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { sessionPolicy } from '../../../../../config/policy/accounts/tokens.js';
import { Database, type Transaction } from '../../../../database/database.js';
import { Random } from '../../../../ports/random.js';
import { newRefreshToken, refreshTokenHash, sealSuccessor } from './refresh-token.js';

/** A stored token: unused, or exchanged for a successor. */
export interface StoredRefreshToken {
  readonly sealedSuccessor: Buffer | null;
  /**
   * Whether the successor is unused, or was first used within the grace time, so that this token may fetch it again.
   */
  readonly mayAskAgain: boolean;
}

/** The refresh tokens of a session, a chain of successors. Callers hold the session's lock. */
@Injectable()
export class RefreshTokensRepository {
  constructor(
    private readonly database: Database,
    private readonly random: Random,
  ) {}

  /** Adds a new token of a session and returns it; only its hash is stored. */
  async issue(tx: Transaction, sessionId: string): Promise<string> {
    const token = newRefreshToken(this.random, sessionId);
    await tx
      .insertInto('refresh_tokens')
      .values({ hash: refreshTokenHash(token), session_id: sessionId })
      .execute();
    return token;
  }

  /** Whether this token was issued to the session, also when it was used or the session has ended. */
  async exists(sessionId: string, token: string): Promise<boolean> {
    const row = await this.database.query
      .selectFrom('refresh_tokens')
      .select('session_id')
      .where('hash', '=', refreshTokenHash(token))
      .where('session_id', '=', sessionId)
      .executeTakeFirst();
    return row !== undefined;
  }

  async find(tx: Transaction, sessionId: string, token: string): Promise<StoredRefreshToken | null> {
    const row = await tx
      .selectFrom('refresh_tokens as token')
      .leftJoin('refresh_tokens as successor', 'successor.hash', 'token.successor_hash')
      .select([
        'token.sealed_successor',
        // now() is the start of the transaction, which may have waited for the lock since.
        // The successor is used by a refresh or by an access token that came with it, whichever was first.
        sql<boolean>`coalesce(least(successor.used_at, successor.access_used_at) > clock_timestamp() - make_interval(secs => ${sessionPolicy.reuseGraceSeconds}), true)`.as(
          'may_ask_again',
        ),
      ])
      .where('token.hash', '=', refreshTokenHash(token))
      .where('token.session_id', '=', sessionId)
      .executeTakeFirst();
    return row === undefined
      ? null
      : { sealedSuccessor: row.sealed_successor, mayAskAgain: row.may_ask_again };
  }

  /**
   * The id of the access tokens that are given together with this refresh token: one, however often its parent is asked
   * again, so that none is ever forgotten.
   */
  async accessIdOf(tx: Transaction, token: string): Promise<string> {
    const { access_id: id } = await tx
      .updateTable('refresh_tokens')
      .set({ access_id: sql<string>`coalesce(access_id, ${this.random.uuid()}::uuid)` })
      .where('hash', '=', refreshTokenHash(token))
      .returning('access_id')
      .executeTakeFirstOrThrow();
    if (id === null) throw new Error('a refresh token without an id for its access tokens');
    return id;
  }

  /** Exchanges a token for a new one and returns it; stored encrypted, so that the same one can be returned again. */
  async exchange(tx: Transaction, sessionId: string, token: string): Promise<string> {
    const successor = await this.issue(tx, sessionId);
    await tx
      .updateTable('refresh_tokens')
      .set({
        used_at: sql<Date>`clock_timestamp()`,
        successor_hash: refreshTokenHash(successor),
        sealed_successor: sealSuccessor(this.random, token, successor),
      })
      .where('hash', '=', refreshTokenHash(token))
      .execute();
    return successor;
  }
}
