import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { sessionPolicy } from '../../../config/policy/tokens.js';
import type { Transaction } from '../../ports/database.js';

export interface NewSession {
  readonly id: string;
  readonly userId: string;
  readonly device: string;
  readonly address: string;
}

export interface RenewedSession {
  readonly id: string;
  readonly userId: string;
  readonly authTime: Date;
}

const seconds = (count: number) => sql<Date>`now() + make_interval(secs => ${count})`;

/** Sessions and their refresh tokens. */
@Injectable()
export class SessionsRepository {
  async add(tx: Transaction, session: NewSession, refreshHash: Buffer): Promise<void> {
    await tx
      .insertInto('sessions')
      .values({
        id: session.id,
        user_id: session.userId,
        device: session.device,
        address: session.address,
        auth_time: sql<Date>`now()`,
        expires_at: seconds(sessionPolicy.absoluteSeconds),
      })
      .execute();
    await this.addRefreshToken(tx, session.id, refreshHash);
  }

  async addRefreshToken(tx: Transaction, sessionId: string, hash: Buffer): Promise<void> {
    await tx.insertInto('refresh_tokens').values({ hash, session_id: sessionId }).execute();
  }

  /** Uses a refresh token up: one of any number of parallel calls gets its session. */
  async useRefreshToken(tx: Transaction, hash: Buffer): Promise<string | null> {
    const row = await tx
      .updateTable('refresh_tokens')
      .set({ used_at: sql<Date>`now()` })
      .where('hash', '=', hash)
      .where('used_at', 'is', null)
      .returning('session_id')
      .executeTakeFirst();
    return row?.session_id ?? null;
  }

  /** The session and user of a refresh token that was used before. */
  async ownerOfUsedToken(
    tx: Transaction,
    hash: Buffer,
  ): Promise<{ sessionId: string; userId: string } | null> {
    const row = await tx
      .selectFrom('refresh_tokens')
      .innerJoin('sessions', 'sessions.id', 'refresh_tokens.session_id')
      .select(['sessions.id', 'sessions.user_id'])
      .where('refresh_tokens.hash', '=', hash)
      .where('refresh_tokens.used_at', 'is not', null)
      .where('sessions.ended_at', 'is', null)
      .executeTakeFirst();
    return row === undefined ? null : { sessionId: row.id, userId: row.user_id };
  }

  /** Marks a living session as used now; null when it has ended, expired or idled too long. */
  async renew(tx: Transaction, id: string): Promise<RenewedSession | null> {
    const row = await tx
      .updateTable('sessions')
      .set({ last_used_at: sql<Date>`now()` })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .where('last_used_at', '>', seconds(-sessionPolicy.idleSeconds))
      .returning(['id', 'user_id', 'auth_time'])
      .executeTakeFirst();
    return row === undefined ? null : { id: row.id, userId: row.user_id, authTime: row.auth_time };
  }

  /** Ends living sessions of the user: all of them, only one, or all but one. Returns their ids. */
  async end(
    tx: Transaction,
    userId: string,
    which: { only?: string; except?: string } = {},
  ): Promise<string[]> {
    const { only, except } = which;
    const rows = await tx
      .updateTable('sessions')
      .set({ ended_at: sql<Date>`now()` })
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .$if(only !== undefined, (query) => query.where('id', '=', only ?? ''))
      .$if(except !== undefined, (query) => query.where('id', '!=', except ?? ''))
      .returning('id')
      .execute();
    return rows.map((row) => row.id);
  }
}
