import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { retentionRules } from '../../../../config/policy/privacy/retention.js';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import type { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import { Log } from '../../../observability/log.js';
import { Metrics } from '../../../observability/metrics.js';
import { SecurityEvents, type SecurityEvent } from '../../../observability/security-events.js';
import { retentionChecks } from './retention-checks.js';
import { RetentionReport } from './retention-report.service.js';

/** Go with a row of another table, which is checked, or by no age: why nothing looks at them. */
const unchecked: Readonly<Record<string, string>> = {
  refresh_tokens: 'go with their session',
  upload_parts: 'go with their upload',
  data_export_parts: 'go with their export',
  chat_parts: 'go with their run',
  conversations: 'kept until the person deletes them',
  chat_messages: 'kept until the person deletes them',
  file_sums: 'one row of an account',
  storage_removals: 'goes when the object is removed',
  usage_rises: 'goes with the day that it is of',
  webhook_endpoints: 'kept until they are removed',
  audit_subjects: 'kept for as long as the account',
  audit_subject_keys: 'kept for as long as the account',
};

const day = 24 * 3600;
/** Seconds for which a row is kept, by its column; `set`: what it has besides. */
const periods: readonly {
  table: string;
  column: string;
  seconds: number;
  value?: string;
  set?: Readonly<Record<string, string>>;
  /** Seconds behind its time at which it is surely late. */
  further?: number;
}[] = [
  { table: 'sessions', column: 'expires_at', seconds: day },
  { table: 'sessions', column: 'ended_at', seconds: day, set: { expires_at: 'now()' } },
  { table: 'revocations', column: 'expires_at', seconds: 60 },
  { table: 'account_guesses', column: 'attempted_at', seconds: 30 * day, set: { user_id: 'null' } },
  { table: 'devices', column: 'expires_at', seconds: 0 },
  { table: 'email_changes', column: 'created_at', seconds: 3600 },
  { table: 'notices', column: 'created_at', seconds: 7 * day },
  { table: 'files', column: 'expires_at', seconds: 0 },
  { table: 'uploads', column: 'expires_at', seconds: 0 },
  { table: 'chat_runs', column: 'ended_at', seconds: 60, set: { is_running: 'false' } },
  { table: 'visitors', column: 'seen_at', seconds: 30 * day },
  { table: 'ai_calls', column: 'settled_at', seconds: 90 * day },
  { table: 'gateway_messages', column: 'received_at', seconds: 30 * day },
  { table: 'openai_image_calls', column: 'seen_at', seconds: 600 },
  { table: 'usage_days', column: 'day', seconds: 800 * day, value: '(MOMENT)::date' },
  {
    table: 'budget_sums',
    column: 'period',
    seconds: 40 * day,
    value: `to_char((MOMENT) at time zone 'UTC', '"D"YYYY-MM-DD')`,
  },
  {
    table: 'budget_sums',
    column: 'period',
    seconds: 25 * 31 * day,
    value: `to_char((MOMENT) at time zone 'UTC', '"M"YYYY-MM')`,
    further: 31 * day,
  },
  { table: 'idempotency_keys', column: 'created_at', seconds: day },
  { table: 'webhook_deliveries', column: 'created_at', seconds: 30 * day },
  {
    table: 'webhook_sequences',
    column: 'changed_at',
    seconds: 90 * day,
    set: { user_id: 'gen_random_uuid()' },
  },
  { table: 'security_events', column: 'id', seconds: 45 * day, value: 'ID' },
  { table: 'security_alerts', column: 'id', seconds: 45 * day, value: 'ID' },
  { table: 'blocks', column: 'expires_at', seconds: 45 * day },
  { table: 'threat_scores', column: 'updated_at', seconds: day },
  { table: 'data_exports', column: 'expires_at', seconds: 0 },
];

/** A value of a type, for columns that must have one. */
const anyOf = (type: string): string =>
  ({
    uuid: 'gen_random_uuid()',
    bytea: 'sha256(random()::text::bytea)',
    boolean: 'false',
    inet: "'192.0.2.1'",
    jsonb: "'{}'",
    date: 'current_date',
    'timestamp with time zone': 'now()',
  })[type] ?? (type.endsWith('[]') ? "'{}'" : /int|numeric|double/.test(type) ? '1' : 'md5(random()::text)');

describe('the report of retention', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let report: RetentionReport;
  let told: SecurityEvent[];
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    // Rows of any content, alone: what is judged is their age.
    await stage.asOwner(`
      do $$ declare one record; begin
        for one in select conrelid::regclass as of_table, conname from pg_constraint
          where contype in ('c', 'f') and connamespace = 'velro'::regnamespace and conparentid = 0 loop
          execute format('alter table %s drop constraint %I', one.of_table, one.conname);
        end loop;
        for one in select tgrelid::regclass as of_table, tgname from pg_trigger
          where not tgisinternal and tgrelid in (select oid from pg_class where relnamespace = 'velro'::regnamespace) loop
          execute format('drop trigger %I on %s', one.tgname, one.of_table);
        end loop;
      end $$`);
  });
  afterAll(() => stage.stop());
  beforeEach(async () => {
    const tables = [...new Set(periods.map(({ table }) => `velro.${table}`))];
    await stage.asOwner(`truncate ${tables.join(', ')} cascade`);
    told = [];
    const events = new SecurityEvents(Log.silent());
    events.listen((event) => told.push(event));
    report = new RetentionReport(
      { audit: { retentionDays: 45 } },
      database,
      events,
      new Metrics(events),
      Log.silent(),
    );
  });

  const add = async (
    { table, column, value = 'MOMENT', set = {} }: (typeof periods)[number],
    age: number,
  ) => {
    const moment = `now() - make_interval(secs => ${String(age)})`;
    const id = `(lpad(to_hex((extract(epoch from ${moment}) * 1000)::bigint), 12, '0') || '7000800000000000' || lpad(to_hex((random() * 65535)::int), 4, '0'))::uuid`;
    const { rows } = await sql<{ name: string; type: string }>`
      select attname as name, format_type(atttypid, null) as type from pg_attribute
      where attrelid = ${`velro.${table}`}::regclass and attnum > 0 and not attisdropped and attnotnull
        and not atthasdef and attidentity = ''`.execute(database.query);
    const values = new Map(rows.map(({ name, type }) => [name, anyOf(type)]));
    for (const [name, text] of Object.entries(set)) values.set(name, text);
    values.set(column, value.replace('MOMENT', moment).replace('ID', id));
    await stage.asOwner(
      `insert into velro.${table} (${[...values.keys()].join(', ')}) values (${[...values.values()].join(', ')})`,
    );
  };
  const lateOf = async (table: string): Promise<number | null | undefined> => {
    const { kind } = retentionRules.find(({ tables }) => tables.includes(table)) ?? { kind: '' };
    return (await report.report()).find((one) => one.kind === kind)?.overdue;
  };

  it('looks at every table that a task deletes from by age', () => {
    const aged = retentionRules
      .filter(({ deletedBy }) => deletedBy.length > 0)
      .flatMap(({ tables }) => tables);
    const checked = retentionChecks.map(({ table }) => table as string);
    expect([...checked, ...Object.keys(unchecked)].toSorted()).toEqual(aged.toSorted());
    expect([...new Set(periods.map(({ table }) => table))].toSorted()).toEqual(checked.toSorted());
  });

  it.each(periods)('counts a row of $table a day after its time by $column, and none before', async (one) => {
    await add(one, one.seconds + day - 600);
    expect(await lateOf(one.table)).toBe(0);
    // Of a period in days the whole day counts.
    await add(one, one.seconds + day + (one.further ?? (one.value === undefined ? 600 : day)));
    expect(await lateOf(one.table)).toBe(1);
  });

  it.each(retentionChecks)('reads $table by an index', async ({ isOverdue, table }) => {
    const plan = await database.transaction(async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx);
      const { rows } = await sql<Record<'QUERY PLAN', string>>`
        explain select from ${sql.table(`velro.${table}`)} where ${isOverdue(90)} limit 1000`.execute(tx);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toContain('Index Cond');
    expect(plan).not.toContain(`Seq Scan on ${table}`);
  });

  it('says so to the security team when something is late, and not otherwise', async () => {
    await report.check();
    expect(told).toEqual([]);
    const [notices] = periods.filter(({ table }) => table === 'notices');
    if (notices === undefined) throw new Error('no notices');
    await add(notices, 9 * day);
    await report.check();
    await report.check();
    expect(told).toMatchObject([{ text: 'RETENTION overdue', level: 'MEDIUM', details: { notices: 1 } }]);
  });
});
