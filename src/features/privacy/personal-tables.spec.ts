import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql, type RawBuilder } from 'kysely';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import type { Exported, PersonalSubject, PersonalTable } from '../../database/personal-data.js';
import type { PostgresDatabase } from '../../adapters/postgres/postgres-database.js';
import { impersonalTables } from './impersonal-tables.js';
import { personalTables } from './personal-tables.js';

/** Tables of the job engine: their jobs name rows by id, and nothing else. */
const ofQueue =
  /^(bam|job|job_common|job_dependency|queue|queue_stats(_\d+)?|schedule|subscription|version|warning)$/;

/** Columns that name a person: whoever adds one to a table must say what becomes of it. */
const namesPerson =
  /(^|_)(user|person|account|author|actor|reviewer|visitor|owner)_id$|^(made|lifted)_by$|^email$/;

const exportsOf = (tables: readonly PersonalTable[]): { table: string; exported: Exported }[] =>
  tables.flatMap(({ table, exported }) => ('columns' in exported ? [{ table, exported }] : []));

/** So few rows of a person that sorting them is nothing: bounded by a policy, or one a day. */
const sortedAfterwards = new Set(['usage_days', 'devices', 'uploads', 'account_guesses', 'mfa_attempts']);

/** A table or an index that is read from one end to the other. */
const readsAll = (plan: string): boolean =>
  plan.includes('Seq Scan') ||
  plan
    .split('\n')
    .some((line, at, lines) => /Index.* Scan/.test(line) && !(lines[at + 1] ?? '').includes('Index Cond'));

describe('the declaration of personal data', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
  });
  afterAll(() => stage.stop());

  const columns = async (schema: string): Promise<Map<string, string[]>> => {
    const { rows } = await sql<{ name: string; columns: string[] }>`
      select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = ${schema}::regnamespace and c.relkind in ('r', 'p', 'v', 'm') group by 1 order by 1`.execute(
      database.query,
    );
    return new Map(rows.map((row) => [row.name, row.columns]));
  };

  it('has every table of the database: as personal, or with the reason why it is not', async () => {
    const declared = [...personalTables.map(({ table }) => table), ...Object.keys(impersonalTables)];
    expect(declared.toSorted()).toEqual([...(await columns('velro')).keys()]);
    expect([...(await columns('pgboss')).keys()].filter((name) => !ofQueue.test(name))).toEqual([]);
  });

  it('shows or withholds every column of a table that is exported', async () => {
    const found = await columns('velro');
    for (const { table, exported } of exportsOf(personalTables))
      expect({ table, columns: Object.keys(exported.columns).toSorted() }).toEqual({
        table,
        columns: found.get(table)?.toSorted(),
      });
  });

  it('shows each column under a name of its own', () => {
    for (const { table, exported } of exportsOf(personalTables)) {
      const names = [
        ...Object.values(exported.columns).filter((name) => typeof name === 'string'),
        ...Object.keys(exported.besides ?? {}),
      ];
      expect({ table, names: names.length }).toEqual({ table, names: new Set(names).size });
    }
  });

  it('withholds every secret, hash and sealed value', () => {
    const shown = exportsOf(personalTables).flatMap(({ table, exported }) =>
      Object.entries(exported.columns)
        .filter(([, name]) => typeof name === 'string')
        .map(([column]) => `${table}.${column}`),
    );
    expect(shown.filter((column) => /hash|sealed|secret|words|object_key|\bhead\b/.test(column))).toEqual([]);
  });

  it('calls no table impersonal that names persons', async () => {
    const found = await columns('velro');
    const naming = Object.keys(impersonalTables).flatMap((table) =>
      (found.get(table) ?? [])
        .filter((column) => namesPerson.test(column))
        .map((column) => `${table}.${column}`),
    );
    // People of Messenger have no account; the provider's name for us is ours.
    expect(naming).toEqual([
      'messenger_messages.person_id',
      'messenger_replies.person_id',
      'provider_account.user_id',
    ]);
  });

  const subject: PersonalSubject = { userId: randomUUID(), accounts: [Buffer.alloc(32, 1)] };
  const planOf = (query: RawBuilder<unknown>): Promise<string> =>
    database.transaction(async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx);
      await sql`set local enable_sort = off`.execute(tx);
      await sql`set local enable_bitmapscan = off`.execute(tx);
      const { rows } = await sql<Record<'QUERY PLAN', string>>`explain ${query}`.execute(tx);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });

  it('finds the rows of a person by an index, however many others there are', async () => {
    const scans: string[] = [];
    for (const { table, exported, erased } of personalTables) {
      const finders = [...erased.map(({ of }) => of), ...('of' in exported ? [exported.of] : [])];
      for (const of of finders) {
        const plan = await planOf(
          sql`select 1 from ${sql.table(`velro.${table}`)} where ${of(subject)} limit 10`,
        );
        if (readsAll(plan)) scans.push(`${table}: ${plan}`);
      }
    }
    expect(scans).toEqual([]);
  });

  it('gives pages of a person in the order of an index, however many rows they have', async () => {
    const sorts: string[] = [];
    for (const { table, exported } of exportsOf(personalTables)) {
      if (sortedAfterwards.has(table)) continue;
      const order = sql.join(exported.order.map(([column]) => sql.ref(`velro.${table}.${column}`)));
      const plan = await planOf(
        sql`select 1 from ${sql.table(`velro.${table}`)} where ${exported.of(subject)} order by ${order} limit 10`,
      );
      // An incremental one sorts the rows of one endpoint, key or kind of mail.
      if (/(?<!Incremental )Sort /.test(plan.replaceAll(/Sort Key/g, ''))) sorts.push(`${table}: ${plan}`);
    }
    expect(sorts).toEqual([]);
  });

  it('erases what is found through other rows before those', () => {
    const places = new Map(personalTables.map(({ table }, place) => [table, place]));
    const before = (one: string, other: string) =>
      (places.get(one as never) ?? 0) < (places.get(other as never) ?? 0);
    const pairs = [
      ['refresh_tokens', 'sessions'],
      ['key_credits', 'api_keys'],
      ['budget_sums', 'visitors'],
      ['budget_sums', 'api_keys'],
      ['visitors', 'api_keys'],
      ['chat_messages', 'conversations'],
      ['chat_parts', 'chat_runs'],
      ['chat_runs', 'conversations'],
      ['conversations', 'visitors'],
      ['webhook_deliveries', 'webhook_endpoints'],
      ['files', 'generations'],
      ['generations', 'projects'],
      ['generations', 'credit_entries'],
      ['ai_calls', 'credit_entries'],
    ];
    expect(pairs.filter(([one = '', other = '']) => !before(one, other))).toEqual([]);
  });
});
