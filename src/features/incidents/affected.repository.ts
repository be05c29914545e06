import { sql } from 'kysely';
import type { Database, Transaction } from '../../database/database.js';

/** Inclusive, and exclusive; null: no bound. */
export interface Window {
  readonly since: Date | null;
  readonly until: Date | null;
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

  /** Of these keyed hashes those of whom personal data was read, in hex. */
  async readOf(subjects: readonly Buffer[], { since, until }: Window): Promise<ReadonlySet<string>> {
    const { rows } = await sql<{ subject: string }>`
      select encode(given.subject, 'hex') as subject from unnest(${[...subjects]}::bytea[]) as given (subject)
      where exists (select from velro.audit_entries e where e.subject = given.subject and e.action = 'personal_data.read'
        and e.at >= coalesce(${since}::timestamptz, '-infinity') and e.at < coalesce(${until}::timestamptz, 'infinity'))`.execute(
      this.database.query,
    );
    return new Set(rows.map(({ subject }) => subject));
  }

  /** How often many were read at once: such an entry names none of them. */
  async readsOfMany({ since, until }: Window): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from velro.audit_entries e where e.action = 'personal_data.read' and e.subject is null
        and e.at >= coalesce(${since}::timestamptz, '-infinity') and e.at < coalesce(${until}::timestamptz, 'infinity')`.execute(
      this.database.query,
    );
    return rows[0]?.count ?? 0;
  }

  /** A page of the accounts with a session that was begun or last used from an address. */
  async signedInFrom(
    address: string,
    { since, until }: Window,
    after: string | null,
    limit: number,
  ): Promise<readonly string[]> {
    const { rows } = await sql<{ id: string }>`
      select distinct user_id::text as id from velro.sessions where user_id > ${after ?? noId}::uuid and address = ${address}
        and last_used_at >= coalesce(${since}::timestamptz, '-infinity') and created_at < coalesce(${until}::timestamptz, 'infinity')
      order by 1 limit ${limit}`.execute(this.database.query);
    return rows.map(({ id }) => id);
  }

  /** The accounts of a list of ids and e-mail addresses. */
  async named(names: readonly string[]): Promise<readonly { readonly name: string; readonly id: string }[]> {
    const { rows } = await sql<{ name: string; id: string }>`
      select given.name, u.id::text as id from unnest(${[...names]}::text[]) as given (name)
      join velro.users u on u.id::text = lower(given.name) or lower(u.email) = lower(given.name)`.execute(
      this.database.query,
    );
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

  /** Behind `after`, those who have not been told. */
  async untold(incidentId: string, after: string | null, limit: number): Promise<readonly string[]> {
    const { rows } = await sql<{ id: string }>`
      select user_id::text as id from velro.incident_affected
      where incident_id = ${incidentId}::uuid and notified_at is null and user_id > ${after ?? noId}::uuid
      order by user_id limit ${limit}`.execute(this.database.query);
    return rows.map(({ id }) => id);
  }

  /** False when the person was told before: of two who try at once, one. */
  async tell(tx: Transaction, incidentId: string, userId: string): Promise<boolean> {
    const { numUpdatedRows } = await tx
      .updateTable('incident_affected')
      .set({ notified_at: sql<Date>`now()` })
      .where('incident_id', '=', incidentId)
      .where('user_id', '=', userId)
      .where('notified_at', 'is', null)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** A page of them, by account. */
  async list(
    incidentId: string,
    after: string | null,
    limit: number,
  ): Promise<
    readonly { readonly userId: string; readonly foundAt: Date; readonly notifiedAt: Date | null }[]
  > {
    const rows = await this.database.query
      .selectFrom('incident_affected')
      .select(['user_id', 'found_at', 'notified_at'])
      .where('incident_id', '=', incidentId)
      .where('user_id', '>', after ?? noId)
      .orderBy('user_id')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ userId: row.user_id, foundAt: row.found_at, notifiedAt: row.notified_at }));
  }

  async counts(incidentId: string): Promise<{ readonly persons: number; readonly untold: number }> {
    const { rows } = await sql<{ persons: number; untold: number }>`
      select count(*)::int as persons, (count(*) filter (where notified_at is null))::int as untold
      from velro.incident_affected where incident_id = ${incidentId}::uuid`.execute(this.database.query);
    return rows[0] ?? { persons: 0, untold: 0 };
  }
}
