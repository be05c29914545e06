import { Inject, Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import { CONFIG, type Config } from '../../../../config/config.js';
import { databaseLimits } from '../../../../config/policy/operations/database.js';
import { Database } from '../../../database/database.js';
import { MaintenanceService } from '../../maintenance/maintenance.service.js';
import type { Looks } from '../judging/seen.js';
import type { InsideFacts } from './inside-facts.js';

/** Newest entries of the audit log that are looked at. */
const lookedAtMost = 100;

export type DatabaseFact =
  | 'recordedConfigurations'
  | 'administrators'
  | 'roles'
  | 'messengerStore'
  | 'database'
  | 'databaseTls'
  | 'databaseRole'
  | 'openTables'
  | 'auditPowers'
  | 'consents'
  | 'auditPayloads'
  | 'maintenance'
  | 'recordedEvents'
  | 'webhooks';

/** What the database shows of itself and of what is in it, as the role of the service. */
@Injectable()
export class DatabaseLooks {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'database'>,
    private readonly database: Database,
    private readonly maintenance: MaintenanceService,
  ) {}

  looks(): Looks<Pick<InsideFacts, DatabaseFact>> {
    return {
      ...this.ofServer(),
      ...this.ofTables(),
      recordedConfigurations: async () =>
        // Whether there is one, which the newest tell at once.
        (
          await this.one<{ count: number }>(sql`
            select count(*)::int as count from (
              select from velro.audit_entries where action = 'configuration.loaded' limit ${lookedAtMost}) e`)
        ).count,
      administrators: () =>
        this.one<InsideFacts['administrators']>(sql`
          select count(*)::int as count, (count(*) filter (where f.user_id is null))::int as "withoutFactor"
          from velro.users u left join velro.mfa_factors f on f.user_id = u.id and f.confirmed_at is not null
          where u.role in ('admin', 'super_admin') and u.disabled_at is null`),
      maintenance: () => this.maintenance.overdue(),
      auditPayloads: () =>
        this.one<InsideFacts['auditPayloads']>(sql`
          select count(*)::int as looked, (count(*) filter (where get_byte(payload, 0) = 0))::int as readable
          from (select payload from velro.audit_entries order by at desc limit ${lookedAtMost}) e`),
      recordedEvents: async () =>
        (
          await this.one<{ count: number }>(sql`
            select count(*)::int as count from (
              select at from velro.security_events order by id desc limit ${lookedAtMost}) e
            where at > now() - interval '1 day'`)
        ).count,
      webhooks: () =>
        this.one<InsideFacts['webhooks']>(sql`
          select (select count(*)::int from (select from velro.webhook_endpoints limit 1) e) as endpoints,
            count(*) filter (where state = 'delivered')::int as delivered, count(*) filter (where state = 'failed')::int as failed
          from (
            select state from velro.webhook_deliveries where created_at > now() - interval '7 days' order by created_at desc limit 1000) d`),
    };
  }

  private ofServer(): Looks<Pick<InsideFacts, 'database' | 'databaseTls' | 'databaseRole'>> {
    return {
      database: async () => {
        const start = performance.now();
        const { version, timeout } = await this.one<{ version: string; timeout: number }>(sql`
          select version() as version, (extract(epoch from current_setting('statement_timeout')::interval) * 1000)::int as timeout`);
        return {
          version: version.slice(0, 60),
          isEmbedded: this.config.database.kind === 'embedded',
          statementTimeoutMs: timeout,
          poolSize: databaseLimits.poolSize,
          roundTripMs: performance.now() - start,
        };
      },
      databaseTls: async () =>
        (
          await this.one<{ ssl: boolean }>(sql`
            select coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as ssl`)
        ).ssl,
      databaseRole: () =>
        this.one<InsideFacts['databaseRole']>(sql`
          select rolname::text as name, array_remove(array[
            case when rolsuper then 'superuser' end, case when rolcreatedb then 'createdb' end, case when rolcreaterole then 'createrole' end,
            case when rolbypassrls then 'bypassrls' end,
            case when exists (
              select from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where n.nspname = 'velro' and c.relkind in ('r', 'p') and pg_has_role(c.relowner, 'usage')) then 'owner of tables' end
            ], null) as powers
          from pg_roles where rolname = current_user`),
    };
  }

  private ofTables(): Looks<
    Pick<InsideFacts, 'roles' | 'messengerStore' | 'openTables' | 'auditPowers' | 'consents'>
  > {
    return {
      roles: async () => {
        const { definition } = await this.one<{ definition: string }>(sql`
          select coalesce(string_agg(pg_get_constraintdef(oid), ' '), '') as definition from pg_constraint
          where conrelid = 'velro.users'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%role%'`);
        return [...definition.matchAll(/'([a-z_]+)'/g)].map(([, role = '']) => role);
      },
      messengerStore: () =>
        this.one<InsideFacts['messengerStore']>(sql`
          select exists (
              select from pg_constraint where conrelid = 'velro.messenger_messages'::regclass and contype = 'u'
                and pg_get_constraintdef(oid) = 'UNIQUE (page_id, mid)') as "hasUniqueMessages",
            exists (
              select from pg_constraint where conrelid = 'velro.messenger_people'::regclass and contype = 'c'
                and pg_get_constraintdef(oid) ilike '%length(psid_hash) = 32%') as "holdsHashesAlone"`),
      openTables: async () =>
        (
          await this.one<{ tables: string[] }>(sql`
            select coalesce(array_agg(c.relname::text order by c.relname), '{}') as tables
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'velro' and c.relkind in ('r', 'p') and not c.relrowsecurity`)
        ).tables,
      auditPowers: () => this.powersOver('velro.audit_entries'),
      consents: async () => ({
        powers: await this.powersOver('velro.privacy_choices'),
        areVersioned:
          (
            await this.one<{ count: number }>(sql`
            select count(*)::int as count from pg_attribute
            where attrelid = 'velro.privacy_choices'::regclass and attname in ('version', 'text_sha256') and attnotnull`)
          ).count === 2,
      }),
    };
  }

  /** What the role may do to rows of a table besides adding and reading. */
  private async powersOver(table: string): Promise<readonly string[]> {
    const { powers } = await this.one<{ powers: string[] }>(sql`
      select array(select power from unnest(array['update', 'delete', 'truncate']) power where has_table_privilege(${table}, power)) as powers`);
    return powers;
  }

  private async one<Row>(query: RawBuilder<unknown>): Promise<Row> {
    const { rows } = await query.execute(this.database.query);
    const [row] = rows;
    if (row === undefined) throw new Error('no row');
    return row as Row;
  }
}
