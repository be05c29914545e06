import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../../config/config.js';
import { agentPolicy } from '../../../../../config/policy/assistants/agents.js';
import { Database, type Executor, type Transaction } from '../../../../database/database.js';
import { Problem } from '../../../../errors/problem.js';
import type { Caller } from '../../../../guards/route/caller.js';
import type { ClientContext } from '../../../../network/client-context.js';
import { SecurityEvents } from '../../../../observability/security-events.js';
import { Random } from '../../../../ports/random.js';
import { AuditTrail, type AppendedEntry, type AuditDetails } from '../../../audit/audit-trail.service.js';
import { PricedModels } from '../../gateway/priced-models.js';
import type { Agent, AgentSettings, AgentVersion } from '../agent.js';
import { agentChanged } from '../agents.events.js';
import { AgentVersionsRepository } from './agent-versions.repository.js';

export interface AgentWithVersion {
  readonly agent: Agent;
  /** The latest: the draft, or the published one where nothing was changed since. */
  readonly latest: AgentVersion;
}

/** A change of an agent; what is left out stays as it is. */
export interface AgentChange extends Partial<AgentSettings> {
  readonly name?: string;
  readonly isDefault?: boolean;
}

/** Of an agent of which nothing else is said. */
export const startSettings: AgentSettings = {
  description: '',
  systemPrompt: '',
  model: null,
  temperature: null,
  maxOutputTokens: agentPolicy.answerTokens,
  thinking: 'off',
  disclosure: null,
  isPublic: false,
  origins: [],
  restoresPersonalData: false,
  dailyCap: null,
};

/**
 * Agents and their versions. Changes go into a draft, the next version; a published version is never changed. Going back is
 * publishing an earlier version.
 */
@Injectable()
export class AdminAgentsService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'corsOrigins'>,
    private readonly database: Database,
    private readonly agents: AgentVersionsRepository,
    private readonly models: PricedModels,
    private readonly audit: AuditTrail,
    private readonly random: Random,
    private readonly events: SecurityEvents,
  ) {}

  list(): Promise<readonly Agent[]> {
    return this.agents.list();
  }

  /** @throws Problem `not_found` */
  async get(id: string): Promise<AgentWithVersion> {
    const agent = await this.agents.find(id);
    const latest = agent === null ? null : await this.agents.version(null, id, agent.lastVersion);
    if (agent === null || latest === null) throw new Problem('not_found');
    return { agent, latest };
  }

  /** @throws Problem `validation_failed`, `agents_exceeded` */
  async create(
    caller: Caller,
    name: string,
    change: Partial<AgentSettings>,
    client: ClientContext,
  ): Promise<AgentWithVersion> {
    const settings = { ...startSettings, ...settingsIn(change) };
    this.require(settings);
    const id = this.random.timeOrderedUuid();
    await this.database.transaction(async (tx) => {
      const audited = await this.entry(tx, 'agent.created', { agent: id, name }, client);
      const added = await this.agents.add(tx, caller, id, name, settings, audited);
      if (added === null) throw new Problem('agents_exceeded');
    });
    agentChanged(this.events, client, 'created', { id, version: 1 });
    return this.get(id);
  }

  /** @throws Problem `not_found`, `validation_failed`, `agents_exceeded` */
  async change(
    caller: Caller,
    id: string,
    change: AgentChange,
    client: ClientContext,
  ): Promise<AgentWithVersion> {
    const version = await this.database.transaction(async (tx) => {
      if (change.isDefault === true) await this.agents.lockAll(tx);
      const { agent, latest } = await this.locked(tx, id);
      // As a draft it would take the place of the one that answers, with its disclosure, and give no answer.
      if (change.isDefault === true && agent.publishedVersion === null)
        throw fault('is_default', 'unpublished', 'is for agents that are published');
      const changed = settingsIn(change);
      // What it has from before may be what this service has no longer: its publication is refused then, and no other change.
      this.require(changed);
      const fields = Object.keys(change);
      const audited = await this.entry(tx, 'agent.changed', { agent: id, fields }, client);
      if (change.name !== undefined) await this.agents.rename(tx, id, change.name, audited);
      if (change.isDefault === true) await this.agents.makeDefault(tx, id, audited);
      if (change.isDefault === false) await this.agents.makeOrdinary(tx, id, audited);
      if (Object.keys(changed).length === 0) return latest.version;
      const draft = await this.draftOf(tx, caller, { agent, latest }, audited);
      await this.agents.change(tx, { id, version: draft }, { ...latest, ...changed }, audited);
      return draft;
    });
    agentChanged(this.events, client, 'changed', { id, version });
    return this.get(id);
  }

  /**
   * `version`: null publishes the latest. Answers are given by it from the next message on, on every instance.
   * @throws Problem `not_found`, `validation_failed`
   */
  async publish(id: string, version: number | null, client: ClientContext): Promise<AgentWithVersion> {
    const published = await this.database.transaction(async (tx) => {
      const { agent } = await this.locked(tx, id);
      const wanted = version ?? agent.lastVersion;
      const settings = await this.agents.version(tx, id, wanted);
      if (settings === null) throw new Problem('not_found');
      this.require(settings);
      const details = { agent: id, from: agent.publishedVersion, to: wanted };
      await this.agents.publish(tx, id, wanted, await this.entry(tx, 'agent.published', details, client));
      return wanted;
    });
    agentChanged(this.events, client, 'published', { id, version: published });
    return this.get(id);
  }

  /** @throws Problem `not_found` */
  async archive(id: string, client: ClientContext): Promise<void> {
    const { agent } = await this.get(id);
    const audited = await this.entry(this.database.query, 'agent.archived', { agent: id }, client);
    if (!(await this.agents.archive(id, audited))) throw new Problem('not_found');
    agentChanged(this.events, client, 'archived', { id, version: agent.lastVersion });
  }

  /** The latest first. @throws Problem `not_found` */
  async versions(id: string, limit: number, before: number | null): Promise<readonly AgentVersion[]> {
    await this.get(id);
    return this.agents.versions(id, limit, before);
  }

  /** `version`: null is the latest. @throws Problem `not_found` */
  async version(id: string, version: number | null): Promise<AgentVersion> {
    const { latest } = await this.get(id);
    const found = version === null ? latest : await this.agents.version(null, id, version);
    if (found === null) throw new Problem('not_found');
    return found;
  }

  /** The draft in which something is changed; a new one where the latest version is published. @throws Problem `agents_exceeded` */
  async draftOf(
    tx: Transaction,
    caller: Caller,
    { agent: { id }, latest }: AgentWithVersion,
    audited: AppendedEntry,
  ): Promise<number> {
    if (latest.publishedAt === null) return latest.version;
    const next = latest.version + 1;
    if (next > agentPolicy.versions) throw new Problem('agents_exceeded');
    await this.agents.addVersion(tx, caller, { id, version: next }, latest, audited);
    return next;
  }

  /** @throws Problem `not_found` */
  async locked(tx: Transaction, id: string): Promise<AgentWithVersion> {
    const agent = await this.agents.lock(tx, id);
    const latest = agent === null ? null : await this.agents.version(tx, id, agent.lastVersion);
    if (agent === null || latest === null) throw new Problem('not_found');
    return { agent, latest };
  }

  /** The entry of the audit log for what an administrator does with an agent. */
  entry(
    executor: Executor,
    action: 'agent.created' | 'agent.changed' | 'agent.published' | 'agent.archived',
    details: AuditDetails,
    client: ClientContext,
  ): Promise<AppendedEntry> {
    return this.audit.entry(executor, { action, subjectId: null, details }, client);
  }

  /** What an agent cannot have on this service. */
  private require({ model = null, origins = [] }: Partial<AgentSettings>): void {
    if (model !== null && !this.models.names.includes(model))
      throw fault('model', 'unknown', 'is no model that may be asked here');
    if (!origins.every((origin) => this.config.corsOrigins.includes(origin)))
      throw fault('origins', 'unknown', 'must be among CORS_ORIGINS');
  }
}

const fault = (field: string, code: string, message: string): Problem =>
  new Problem('validation_failed', { errors: [{ field, code, message }] });

/** Without what is no part of a version, and what was left out. */
function settingsIn(change: AgentChange): Partial<AgentSettings> {
  const names = Object.keys(startSettings);
  return Object.fromEntries(Object.entries(change).filter(([name]) => names.includes(name)));
}
