import { sql } from 'kysely';
import { revocationPolicy } from '../../../config/policy/operations/feed.js';
import type { Database, Executor, Transaction } from '../../database/database.js';
import type { RevocableClaims, Revocation, TokenCut } from '../../ports/revocations.js';

/** A row as the replica holds it. */
export interface RevocationRow {
  readonly kind: Revocation['kind'];
  readonly subject: string;
  readonly epoch: number | null;
  /** Expiry, in seconds since the epoch. */
  readonly exp: number;
}

/** What has been committed since a snapshot. */
export interface Changes {
  readonly rows: readonly RevocationRow[];
  /** The snapshot of this look. */
  readonly snapshot: string;
  /** There is more than one look reads. */
  readonly isCut: boolean;
  /** The database is older than the snapshot: it has been restored, or replaced by one that lagged behind. */
  readonly isOlder: boolean;
  readonly cut: TokenCut;
}

const { lookRows, pageRows, purgeBatch } = revocationPolicy;

/** The table of revocations, which is authoritative. */
export class RevocationsTable {
  constructor(private readonly database: Database) {}

  async snapshot(): Promise<string> {
    const { rows } = await sql<{ snapshot: string }>`
      select pg_current_snapshot()::text as snapshot`.execute(this.database.query);
    return rows[0]?.snapshot ?? '';
  }

  /** One page of the rows in force, by id. `after`: the last id of the page before. */
  async page(after: string): Promise<readonly (RevocationRow & { readonly id: string })[]> {
    const { rows } = await sql<RevocationRow & { id: string }>`
      select id::text, kind, subject, epoch, ceil(extract(epoch from expires_at))::int as exp
      from velro.revocations r where r.id > ${after}::bigint and expires_at > now()
      order by r.id limit ${pageRows}`.execute(this.database.query);
    return rows;
  }

  /**
   * The rows that the snapshot did not show. Not those above the last id: a transaction that began earlier may commit a
   * lower id later.
   */
  async since(snapshot: string): Promise<Changes> {
    const { rows } = await sql<Omit<Changes, 'isCut'>>`
      select pg_current_snapshot()::text as snapshot,
        pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax(${snapshot}::pg_snapshot) as "isOlder",
        (select json_build_object('isClosed', closed_at is not null, 'notBefore', coalesce(floor(extract(epoch from tokens_after)), 0))
          from velro.sign_in_switch) as cut,
        coalesce((select json_agg(found) from (
          select kind, subject, epoch, ceil(extract(epoch from expires_at))::int as exp
          from velro.revocations
          where written_by >= pg_snapshot_xmin(${snapshot}::pg_snapshot)
            and not pg_visible_in_snapshot(written_by, ${snapshot}::pg_snapshot) and expires_at > now()
          limit ${lookRows + 1}) found), '[]') as rows`.execute(this.database.query);
    const [look] = rows;
    if (look === undefined) throw new Error('a look at the revocations without an answer');
    return { ...look, isCut: look.rows.length > lookRows };
  }

  /** `executor`: a transaction holds the gate until its end; closing waits for it. */
  async areSignInsClosed(executor: Executor): Promise<boolean> {
    const { rows } = await sql<{ isClosed: boolean }>`
      with gate as (select 1 from velro.sign_in_gate for share)
      select closed_at is not null as "isClosed" from velro.sign_in_switch where not exists (select from gate)`.execute(
      executor,
    );
    // The row is never deleted; where it is missing, they count as closed.
    return rows[0]?.isClosed ?? true;
  }

  async add(tx: Transaction, revocations: readonly Revocation[]): Promise<void> {
    await tx
      .insertInto('revocations')
      .values(
        revocations.map((entry) => ({
          kind: entry.kind,
          subject: entry.subject,
          expires_at: entry.expiresAt,
          epoch: entry.kind === 'user' ? entry.epoch : null,
        })),
      )
      .execute();
  }

  async holds({ jti, sid, sub, ver }: RevocableClaims): Promise<boolean> {
    const row = await this.database.query
      .selectFrom('revocations')
      .select('id')
      .where('expires_at', '>', sql<Date>`now()`)
      .where((or) =>
        or.or([
          or.and([or('kind', '=', 'jti'), or('subject', '=', jti)]),
          or.and([or('kind', '=', 'sid'), or('subject', '=', sid)]),
          or.and([or('kind', '=', 'user'), or('subject', '=', sub), or('epoch', '>', ver)]),
        ]),
      )
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Deletes a batch of rows whose tokens have expired anyway; returns how many. */
  async removeExpired(): Promise<number> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('revocations')
      .where('id', 'in', (from) =>
        from
          .selectFrom('revocations')
          .select('id')
          .where('expires_at', '<', sql<Date>`now() - interval '1 minute'`)
          .limit(purgeBatch),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
