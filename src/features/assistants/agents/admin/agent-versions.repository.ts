import { Injectable } from '@nestjs/common';
import { sql, type Selectable, type Updateable } from 'kysely';
import { agentPolicy } from '../../../../../config/policy/assistants/agents.js';
import { Database, type Transaction } from '../../../../database/database.js';
import type { AppendedEntry } from '../../../audit/audit-trail.service.js';
import type { Agents } from '../../../../database/schema.js';
import type { Caller } from '../../../../guards/route/caller.js';
import type { Agent, AgentSettings, AgentVersion } from '../agent.js';
import { toRow, toSettings } from '../agents.repository.js';

const columns = [
  'id',
  'name',
  'is_default',
  'published_version',
  'last_version',
  'created_at',
  'updated_at',
] as const;

interface VersionKey {
  readonly id: string;
  readonly version: number;
}

/** Agents with all their versions, for administrators. Archived ones are not there. */
@Injectable()
export class AgentVersionsRepository {
  constructor(private readonly database: Database) {}

  async list(): Promise<readonly Agent[]> {
    const rows = await this.database.query
      .selectFrom('agents')
      .select(columns)
      .where('archived_at', 'is', null)
      .orderBy('name')
      .orderBy('id')
      .limit(agentPolicy.agents)
      .execute();
    return rows.map(toAgent);
  }

  async find(id: string): Promise<Agent | null> {
    const row = await this.database.query
      .selectFrom('agents')
      .select(columns)
      .where('id', '=', id)
      .where('archived_at', 'is', null)
      .executeTakeFirst();
    return row === undefined ? null : toAgent(row);
  }

  /** Whether there is one of this id, archived or not. */
  async isKnown(id: string): Promise<boolean> {
    const row = await this.database.query
      .selectFrom('agents')
      .select('id')
      .where('id', '=', id)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Locked until the transaction ends, so that changes of an agent come one behind the other. */
  async lock(tx: Transaction, id: string): Promise<Agent | null> {
    const row = await tx
      .selectFrom('agents')
      .select(columns)
      .where('id', '=', id)
      .where('archived_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    return row === undefined ? null : toAgent(row);
  }

  /**
   * Until the transaction ends, before anything else in it: two that are added at once would both find room, and two that become the
   * default one at once would both find none.
   */
  async lockAll(tx: Transaction): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtext('velro.agents'))`.execute(tx);
  }

  /** With its first draft; null where no more may be. */
  async add(
    tx: Transaction,
    author: Caller | null,
    id: string,
    name: string,
    settings: AgentSettings,
    audited: AppendedEntry,
  ): Promise<Agent | null> {
    await this.lockAll(tx);
    const { count } = await tx
      .selectFrom('agents')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .where('archived_at', 'is', null)
      .executeTakeFirstOrThrow();
    if (Number(count) >= agentPolicy.agents) return null;
    const row = await tx
      .insertInto('agents')
      .values({ id, name })
      .returning([...columns, audited])
      .executeTakeFirstOrThrow();
    await this.addVersion(tx, author, { id, version: 1 }, settings, audited);
    return toAgent(row);
  }

  async addVersion(
    tx: Transaction,
    author: Caller | null,
    { id, version }: VersionKey,
    settings: AgentSettings,
    audited: AppendedEntry,
  ): Promise<void> {
    await tx
      .insertInto('agent_versions')
      .values({ agent_id: id, version, author_id: author?.userId ?? null, ...toRow(settings) })
      .returning(audited)
      .execute();
    await tx.updateTable('agents').set({ last_version: version }).where('id', '=', id).execute();
  }

  /** Of a draft. */
  async change(
    tx: Transaction,
    { id, version }: VersionKey,
    settings: AgentSettings,
    audited: AppendedEntry,
  ): Promise<void> {
    await tx
      .updateTable('agent_versions')
      .set(toRow(settings))
      .where('agent_id', '=', id)
      .where('version', '=', version)
      .where('published_at', 'is', null)
      .returning(audited)
      .execute();
  }

  rename(tx: Transaction, id: string, name: string, audited: AppendedEntry): Promise<void> {
    return this.set(tx, id, { name }, audited);
  }

  /** In a transaction that locked all agents. Whichever was the default one is it no longer. */
  async makeDefault(tx: Transaction, id: string, audited: AppendedEntry): Promise<void> {
    await tx
      .updateTable('agents')
      .set({ is_default: false })
      .where('is_default', '=', true)
      .where('id', '<>', id)
      .execute();
    await this.set(tx, id, { is_default: true }, audited);
  }

  makeOrdinary(tx: Transaction, id: string, audited: AppendedEntry): Promise<void> {
    return this.set(tx, id, { is_default: false }, audited);
  }

  /** From the next message on this version answers, which must exist. */
  async publish(tx: Transaction, id: string, version: number, audited: AppendedEntry): Promise<void> {
    await tx
      .updateTable('agent_versions')
      .set({ published_at: sql<Date>`coalesce(published_at, now())` })
      .where('agent_id', '=', id)
      .where('version', '=', version)
      .execute();
    await this.set(tx, id, { published_version: version }, audited);
  }

  /** Nobody can ask it any more. False when there is none. */
  async archive(id: string, audited: AppendedEntry): Promise<boolean> {
    const rows = await this.database.query
      .updateTable('agents')
      .set({ archived_at: sql<Date>`now()`, is_default: false })
      .where('id', '=', id)
      .where('archived_at', 'is', null)
      .returning(audited)
      .execute();
    return rows.length > 0;
  }

  async version(tx: Transaction | null, id: string, version: number): Promise<AgentVersion | null> {
    const row = await (tx ?? this.database.query)
      .selectFrom('agent_versions')
      .selectAll()
      .where('agent_id', '=', id)
      .where('version', '=', version)
      .executeTakeFirst();
    return row === undefined ? null : toVersion(row);
  }

  /** The latest first, before `before`. */
  async versions(id: string, limit: number, before: number | null): Promise<readonly AgentVersion[]> {
    const rows = await this.database.query
      .selectFrom('agent_versions')
      .selectAll()
      .where('agent_id', '=', id)
      .$if(before !== null, (query) => query.where('version', '<', before ?? 0))
      .orderBy('version', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toVersion);
  }

  private async set(
    tx: Transaction,
    id: string,
    values: Updateable<Agents>,
    audited: AppendedEntry,
  ): Promise<void> {
    await tx
      .updateTable('agents')
      .set({ ...values, updated_at: sql<Date>`now()` })
      .where('id', '=', id)
      .returning(audited)
      .execute();
  }
}

const toAgent = (row: Pick<Selectable<Agents>, (typeof columns)[number]>): Agent => ({
  id: row.id,
  name: row.name,
  isDefault: row.is_default,
  publishedVersion: row.published_version,
  lastVersion: row.last_version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const toVersion = (
  row: Parameters<typeof toSettings>[0] & { version: number; created_at: Date; published_at: Date | null },
): AgentVersion => ({
  ...toSettings(row),
  version: row.version,
  createdAt: row.created_at,
  publishedAt: row.published_at,
});
