import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { sessionPolicy } from '../../../../config/policy/accounts/tokens.js';
import { Database, type Transaction } from '../../../database/database.js';
import type { Sessions } from '../../../database/schema.js';
import { Random } from '../../../ports/random.js';
import type { ClientContext } from '../../../network/client-context.js';
import { AuditTrail, type AppendedEntry } from '../../audit/audit-trail.service.js';

export interface NewSession {
  readonly userId: string;
  /** Seconds since the epoch. */
  readonly authTime: number;
  readonly device: string;
  readonly address: string;
  readonly factorProven: boolean;
}

export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly authTime: Date;
  readonly device: string;
  readonly address: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
}

const seconds = (count: number) => sql<Date>`now() + make_interval(secs => ${count})`;
const columns = ['id', 'user_id', 'auth_time', 'device', 'address', 'created_at', 'last_used_at'] as const;

/** Sessions. A living one is neither ended nor expired nor idle for too long. */
@Injectable()
export class SessionsRepository {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
    private readonly random: Random,
  ) {}

  /** With its entry in the audit log. Returns the id. */
  async add(tx: Transaction, session: NewSession, client: ClientContext): Promise<string> {
    const id = this.random.uuid();
    const { userId, factorProven } = session;
    const details = { session: id, factor: factorProven };
    const entry = { action: 'user.signed_in', subjectId: userId, actorId: userId, details } as const;
    await tx
      .insertInto('sessions')
      .values({
        id,
        user_id: session.userId,
        device: session.device,
        address: session.address,
        auth_time: sql<Date>`to_timestamp(${session.authTime})`,
        expires_at: seconds(sessionPolicy.absoluteSeconds),
      })
      .returning(await this.audit.entry(tx, entry, client))
      .execute();
    return id;
  }

  /**
   * Locks a living session until the transaction ends: serialises parallel refreshes of one session. Null when it is
   * not living.
   */
  async lock(tx: Transaction, id: string): Promise<Session | null> {
    const row = await tx
      .selectFrom('sessions')
      .select(columns)
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .where('last_used_at', '>', seconds(-sessionPolicy.idleSeconds))
      .forUpdate()
      .executeTakeFirst();
    return row === undefined ? null : toSession(row);
  }

  async touch(tx: Transaction, id: string, address: string): Promise<void> {
    await tx
      .updateTable('sessions')
      .set({ last_used_at: sql<Date>`now()`, address })
      .where('id', '=', id)
      .execute();
  }

  /** The living sessions of a user, most recently used first. */
  async list(userId: string): Promise<Session[]> {
    const rows = await this.database.query
      .selectFrom('sessions')
      .select(columns)
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .where('last_used_at', '>', seconds(-sessionPolicy.idleSeconds))
      .orderBy('last_used_at', 'desc')
      .execute();
    return rows.map(toSession);
  }

  /** Ends living sessions of the user, with an entry in the audit log: all of them, only one, or all but one. Returns their ids. */
  async end(
    tx: Transaction,
    userId: string,
    audited: AppendedEntry,
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
      .returning(['id', audited])
      .execute();
    return rows.map((row) => row.id);
  }

  /** Ends sessions above the limit per user, the least recently used first. Returns their ids. */
  async endSurplus(tx: Transaction, userId: string, audited: AppendedEntry): Promise<string[]> {
    const rows = await tx
      .updateTable('sessions')
      .set({ ended_at: sql<Date>`now()` })
      .where('id', 'in', (query) =>
        query
          .selectFrom('sessions')
          .select('id')
          .where('user_id', '=', userId)
          .where('ended_at', 'is', null)
          .orderBy('last_used_at', 'desc')
          .offset(sessionPolicy.perUser),
      )
      .returning(['id', audited])
      .execute();
    return rows.map((row) => row.id);
  }

  /** Deletes at most `limit` sessions whose retention is over, with their refresh tokens. Returns how many. */
  async purge(limit: number): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('sessions')
      .where('id', 'in', (query) =>
        query
          .selectFrom('sessions')
          .select('id')
          .where((or) =>
            or.or([
              or('ended_at', '<', seconds(-sessionPolicy.keepEndedSeconds)),
              or('expires_at', '<', seconds(-sessionPolicy.keepEndedSeconds)),
            ]),
          )
          .limit(limit),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}

function toSession(row: Pick<Selectable<Sessions>, (typeof columns)[number]>): Session {
  return {
    id: row.id,
    userId: row.user_id,
    authTime: row.auth_time,
    device: row.device,
    address: row.address,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
