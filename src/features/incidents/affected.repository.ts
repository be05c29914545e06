import { sql, type RawBuilder } from 'kysely';
import type { Database, Transaction } from '../../database/database.js';

/** Inclusive, and exclusive; null: no bound. */
export interface Window {
  readonly since: Date | null;
  readonly until: Date | null;
}

const isIn = (at: RawBuilder<unknown>, { since, until }: Window): RawBuilder<boolean> =>
  sql`(${at} >= coalesce(${since}::timestamptz, '-infinity') and ${at} < coalesce(${until}::timestamptz, 'infinity'))`;

/** By the index of addresses, however many accounts there are: `offset 0` keeps the join from reading all of them for a long list. */
export const accountsOfEmails = (
  emails: readonly string[],
): RawBuilder<{ readonly email: string; readonly id: string }> => sql`
  select given.email, found.id::text as id from unnest(${[...emails]}::text[]) as given (email)
  cross join lateral (select u.id from velro.users u where lower(u.email) = given.email offset 0) found`;

/** Of a row `a`: no mail was sent, and none waits in the queue. One that is given up or purged is deleted there. */
const isUntold = sql<boolean>`(a.sent_at is null
  and not exists (select from velro.notices n where n.id = a.notice_id and n.recipient <> ''))`;

/** `notifiedAt`: when a mail was last put into the queue; `sentAt`: when the mail server took it. */
export interface AffectedAccount {
  readonly userId: string;
  readonly foundAt: Date;
  readonly notifiedAt: Date | null;
  readonly sentAt: Date | null;
}

const noId = '00000000-0000-0000-0000-000000000000';

/** Accounts that an incident touched. */
export class AffectedRepository {
  constructor(private readonly database: Database) {}

  /** A page of all accounts, by id, behind `after`; null for the first one. */
  async accounts(after: string | null, limit: number): Promise<readonly string[]> {
    const { rows } = await sql<{ id: string }>`
      select id::text from velro.users where id > ${after ?? noId}::uuid order by id limit ${limit}`.execute(
      this.database.query,
    );
    return rows.map(({ id }) => id);
  }

  /** The present moment, by the clock of the database: what comes later is not of a window that was begun. */
  async now(): Promise<Date> {
    const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(this.database.query);
    const [row] = rows;
    if (row === undefined) throw new Error('the database gave no time');
    return row.now;
  }

  /** Of these keyed hashes those of whom personal data was read, in hex, each with the number of entries. */
  async readOf(subjects: readonly Buffer[], window: Window): Promise<ReadonlyMap<string, number>> {
    const { rows } = await sql<{ subject: string; entries: number }>`
      select encode(e.subject, 'hex') as subject, count(*)::int as entries from velro.audit_entries e
      where e.subject = any(${[...subjects]}::bytea[]) and e.action = 'personal_data.read' and ${isIn(sql`e.at`, window)}
      group by e.subject`.execute(this.database.query);
    return new Map(rows.map(({ subject, entries }) => [subject, entries]));
  }

  /**
   * The entries of reads. `ofMany`: many were read at once, and the entry names none of them. `ofOne`: each names an account by a keyed hash;
   * `ofDeleted`: those of them whose account was deleted since.
   */
  async reads(
    window: Window,
  ): Promise<{ readonly ofMany: number; readonly ofOne: number; readonly ofDeleted: number }> {
    const { rows } = await sql<{ ofMany: number; ofOne: number; ofDeleted: number }>`
      select (count(*) filter (where e.subject is null))::int as "ofMany", count(e.subject)::int as "ofOne",
        count(gone.pseudonym)::int as "ofDeleted"
      from velro.audit_entries e left join velro.erased_accounts gone on gone.pseudonym = e.subject
      where e.action = 'personal_data.read' and ${isIn(sql`e.at`, window)}`.execute(this.database.query);
    return rows[0] ?? { ofMany: 0, ofOne: 0, ofDeleted: 0 };
  }

  /**
   * A page of the accounts that were signed in from an address, which is in its canonical form: a session was begun or last used there, or a
   * security event of the account came from there that is no refused sign-in. A session keeps its last address alone; the event of its
   * beginning keeps the first.
   */
  async signedInFrom(
    address: string,
    { since, until }: Window,
    after: string | null,
    limit: number,
  ): Promise<readonly string[]> {
    const { rows } = await sql<{ id: string }>`
      select user_id::text as id from (
        select s.user_id from velro.sessions s where s.user_id > ${after ?? noId}::uuid and s.address = ${address}
          and s.last_used_at >= coalesce(${since}::timestamptz, '-infinity') and s.created_at < coalesce(${until}::timestamptz, 'infinity')
        union
        select e.user_id from velro.security_events e where e.source_ip = ${address} and e.user_id > ${after ?? noId}::uuid
          and e.event not in ('authn_login_fail', 'authn_login_fail_max', 'authn_login_lock') and ${isIn(sql`e.at`, { since, until })}) found
      order by user_id limit ${limit}`.execute(this.database.query);
    return rows.map(({ id }) => id);
  }

  /** Those of these ids that are accounts. */
  async known(ids: readonly string[]): Promise<readonly string[]> {
    const { rows } = await sql<{ id: string }>`
      select u.id::text as id from velro.users u where u.id = any(${[...ids]}::uuid[])`.execute(
      this.database.query,
    );
    return rows.map(({ id }) => id);
  }

  /** The accounts of these e-mail addresses, which are in their canonical form. */
  async addressed(
    emails: readonly string[],
  ): Promise<readonly { readonly email: string; readonly id: string }[]> {
    const { rows } = await accountsOfEmails(emails).execute(this.database.query);
    return rows;
  }

  /** How many were not listed yet. */
  async add(tx: Transaction, incidentId: string, userIds: readonly string[]): Promise<number> {
    const { rows } = await sql`
      insert into velro.incident_affected (incident_id, user_id)
      select ${incidentId}::uuid, u.id from velro.users u where u.id = any(${[...userIds]}::uuid[])
      on conflict do nothing returning user_id`.execute(tx);
    return rows.length;
  }

  /** Behind `after`, those to whom no mail was sent and for whom none waits in the queue: it was not asked for, or was given up. */
  async untold(incidentId: string, after: string | null, limit: number): Promise<readonly string[]> {
    const { rows } = await sql<{ id: string }>`
      select a.user_id::text as id from velro.incident_affected a
      where a.incident_id = ${incidentId}::uuid and ${isUntold} and a.user_id > ${after ?? noId}::uuid
      order by a.user_id limit ${limit}`.execute(this.database.query);
    return rows.map(({ id }) => id);
  }

  /** False when a mail was sent to the person, or waits in the queue. Of two who ask at once the second waits for the first, and is told what that one did. */
  async isToBeTold(tx: Transaction, incidentId: string, userId: string): Promise<boolean> {
    const row = sql`a.incident_id = ${incidentId}::uuid and a.user_id = ${userId}::uuid`;
    await sql`select from velro.incident_affected a where ${row} for update`.execute(tx);
    // A statement of its own, which sees what was committed before the lock was had.
    const { rows } = await sql`select from velro.incident_affected a where ${row} and ${isUntold}`.execute(
      tx,
    );
    return rows.length === 1;
  }

  /** `noticeId`: of the mail, in whose transaction it is noted. */
  async noteTold(tx: Transaction, incidentId: string, userId: string, noticeId: string): Promise<void> {
    await tx
      .updateTable('incident_affected')
      .set({ notified_at: sql<Date>`now()`, notice_id: noticeId })
      .where('incident_id', '=', incidentId)
      .where('user_id', '=', userId)
      .execute();
  }

  /** A page of them, by account. */
  async list(incidentId: string, after: string | null, limit: number): Promise<readonly AffectedAccount[]> {
    const rows = await this.database.query
      .selectFrom('incident_affected')
      .select(['user_id', 'found_at', 'notified_at', 'sent_at'])
      .where('incident_id', '=', incidentId)
      .where('user_id', '>', after ?? noId)
      .orderBy('user_id')
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      userId: row.user_id,
      foundAt: row.found_at,
      notifiedAt: row.notified_at,
      sentAt: row.sent_at,
    }));
  }

  /** `queued`: a mail waits to be sent. `untold`: none was sent, and none waits. */
  async counts(
    incidentId: string,
  ): Promise<{ readonly persons: number; readonly queued: number; readonly untold: number }> {
    const { rows } = await sql<{ persons: number; unsent: number; untold: number }>`
      select count(*)::int as persons, (count(*) filter (where a.sent_at is null))::int as unsent,
        (count(*) filter (where ${isUntold}))::int as untold
      from velro.incident_affected a where a.incident_id = ${incidentId}::uuid`.execute(this.database.query);
    const { persons, unsent, untold } = rows[0] ?? { persons: 0, unsent: 0, untold: 0 };
    return { persons, queued: unsent - untold, untold };
  }
}
