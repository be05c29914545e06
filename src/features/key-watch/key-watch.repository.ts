import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { keyWatchPolicy } from '../../../config/policy/operations/key-watch.js';
import { Database } from '../../database/database.js';
import type { Fingerprint } from './key-fingerprints.js';
import type { KeyLevel } from './key-level.js';

/** The variable of the page's token. */
export const pageTokenName = 'FACEBOOK_PAGE_ACCESS_TOKEN';

/** A key as it was met at this start. */
export interface MetKey {
  readonly name: string;
  readonly firstSeenAt: Date;
  /** It is another than the one before. */
  readonly isRotated: boolean;
}

/** What Meta said last of the page; null for what it has not said. */
export interface PageState {
  readonly checkedAt: Date | null;
  readonly isTokenValid: boolean | null;
  readonly tokenExpiresAt: Date | null;
  readonly dataAccessExpiresAt: Date | null;
  readonly isSubscribed: boolean | null;
  /** Why it said nothing the last time; null where it did. */
  readonly failure: string | null;
}

/** When keys were first met, what was said of the page, and what operators were told. */
@Injectable()
export class KeyWatchRepository {
  constructor(private readonly database: Database) {}

  /**
   * Notes which keys are in use, one instance after the other: of several that start with a new key, one meets it first.
   * `tell` is told of rotated ones before they are noted: a kill in between tells of them twice, and never not at all.
   */
  async meet(
    fingerprints: readonly Fingerprint[],
    tell: (name: string) => void = () => undefined,
  ): Promise<readonly MetKey[]> {
    const given = sql`unnest(${fingerprints.map(({ name }) => name)}::text[],
      ${fingerprints.map(({ fingerprint }) => fingerprint)}::bytea[],
      ${fingerprints.map(({ earlier }) => earlier)}::bytea[],
      ${fingerprints.map(({ keyId }) => keyId)}::text[]) as given (name, fingerprint, earlier, key_id)`;
    return this.database.transaction(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext('velro.key_fingerprints'))`.execute(tx);
      await sql`
        update velro.key_fingerprints k set fingerprint = given.fingerprint, key_id = given.key_id from ${given}
        where k.name = given.name and k.fingerprint = given.earlier and not exists (
          select from velro.key_fingerprints o where o.name = given.name and o.fingerprint = given.fingerprint)`.execute(
        tx,
      );
      const { rows } = await sql<{ name: string; first_seen_at: Date; is_rotated: boolean }>`
        with given as (select * from ${given}),
        latest as (
          select distinct on (k.name) k.name, k.fingerprint from velro.key_fingerprints k
          join given on given.name = k.name and given.key_id = k.key_id order by k.name, k.last_seen_at desc),
        mine as (
          select k.name, k.last_seen_at from velro.key_fingerprints k
          join given on given.name = k.name and given.fingerprint = k.fingerprint),
        met as (
          insert into velro.key_fingerprints as k (name, fingerprint, key_id) select name, fingerprint, key_id from given
          on conflict (name, fingerprint) do update set last_seen_at = now(), key_id = excluded.key_id
          returning k.name, k.first_seen_at)
        select met.name, met.first_seen_at, latest.name is not null and latest.fingerprint <> given.fingerprint
            and coalesce(mine.last_seen_at < now() - ${keyWatchPolicy.overlapMs}::bigint * interval '1 millisecond', true) as is_rotated
        from met join given using (name) left join latest using (name) left join mine using (name)
        order by met.name`.execute(tx);
      const rotated = rows.filter((row) => row.is_rotated).map(({ name }) => name);
      // What was said of the token before says nothing about this one: Meta is asked anew.
      if (rotated.includes(pageTokenName))
        await sql`
          update velro.page_watch set due_at = now(), token_valid = null, token_expires_at = null, data_access_expires_at = null`.execute(
          tx,
        );
      rotated.forEach(tell);
      return rows.map((row) => ({
        name: row.name,
        firstSeenAt: row.first_seen_at,
        isRotated: row.is_rotated,
      }));
    });
  }

  /** Whether this instance is the one to ask Meta now. */
  async claimPage(): Promise<boolean> {
    const { rows } = await sql`
      update velro.page_watch set due_at = now() + ${keyWatchPolicy.askEveryMs}::bigint * interval '1 millisecond'
      where due_at <= now() returning 1`.execute(this.database.query);
    return rows.length > 0;
  }

  async page(): Promise<PageState> {
    const row = await this.database.query.selectFrom('page_watch').selectAll().executeTakeFirstOrThrow();
    return {
      checkedAt: row.checked_at,
      isTokenValid: row.token_valid,
      tokenExpiresAt: row.token_expires_at,
      dataAccessExpiresAt: row.data_access_expires_at,
      isSubscribed: row.subscribed,
      failure: row.failure,
    };
  }

  async notePage(state: Omit<PageState, 'checkedAt'>): Promise<void> {
    await this.database.query
      .updateTable('page_watch')
      .set({
        checked_at: sql<Date>`now()`,
        token_valid: state.isTokenValid,
        token_expires_at: state.tokenExpiresAt,
        data_access_expires_at: state.dataAccessExpiresAt,
        subscribed: state.isSubscribed,
        failure: state.failure,
      })
      .execute();
  }

  /** The names of which this level has not been told yet. */
  async untold(levels: readonly NamedLevel[]): Promise<readonly string[]> {
    const { rows } = await sql<{ name: string }>`
      select given.name from ${unnested(levels)} where not exists (
        select from velro.key_alarms a where a.name = given.name and a.level = given.level)`.execute(
      this.database.query,
    );
    return rows.map(({ name }) => name);
  }

  /** Notes that these levels were told. */
  async noteTold(levels: readonly NamedLevel[]): Promise<void> {
    await sql`
      insert into velro.key_alarms as a (name, level) select given.name, given.level from ${unnested(levels)}
      on conflict (name) do update set level = excluded.level, told_at = now() where a.level <> excluded.level`.execute(
      this.database.query,
    );
  }
}

interface NamedLevel {
  readonly name: string;
  readonly level: KeyLevel;
}

const unnested = (levels: readonly NamedLevel[]) => sql`
  unnest(${levels.map(({ name }) => name)}::text[], ${levels.map(({ level }) => level)}::text[]) as given (name, level)`;
