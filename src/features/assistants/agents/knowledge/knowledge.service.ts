import { Injectable } from '@nestjs/common';
import { agentPolicy } from '../../../../../config/policy/assistants/agents.js';
import { Database } from '../../../../database/database.js';
import { pageOf, rowsOf, type Page, type PageRequest } from '../../../../database/page.js';
import { Problem } from '../../../../errors/problem.js';
import type { Caller } from '../../../../guards/route/caller.js';
import type { ClientContext } from '../../../../network/client-context.js';
import { SecurityEvents } from '../../../../observability/security-events.js';
import { Random } from '../../../../ports/random.js';
import { AdminAgentsService } from '../admin/admin-agents.service.js';
import { agentChanged } from '../agents.events.js';
import { KnowledgeRepository, type KnowledgeEntry } from './knowledge.repository.js';

/** The knowledge of agents, changed in their drafts. */
@Injectable()
export class KnowledgeService {
  constructor(
    private readonly database: Database,
    private readonly agents: AdminAgentsService,
    private readonly entries: KnowledgeRepository,
    private readonly random: Random,
    private readonly events: SecurityEvents,
  ) {}

  /** Of the latest version unless another one is named; the newest first. @throws Problem `not_found` */
  async list(agentId: string, version: number | null, page: PageRequest): Promise<Page<KnowledgeEntry>> {
    const { version: found } = await this.agents.version(agentId, version);
    return pageOf([...(await this.entries.list(agentId, found, rowsOf(page), page.cursor))], page);
  }

  /** @throws Problem `not_found`, `knowledge_full`, `agents_exceeded` */
  async add(
    caller: Caller,
    agentId: string,
    entry: Pick<KnowledgeEntry, 'title' | 'text' | 'language'>,
    client: ClientContext,
  ): Promise<string> {
    const id = this.random.timeOrderedUuid();
    const draft = await this.database.transaction(async (tx) => {
      const { agent, latest } = await this.agents.locked(tx, agentId);
      const details = { agent: agentId, knowledge: id, change: 'added' };
      const audited = await this.agents.entry(tx, 'agent.changed', details, client);
      const version = await this.agents.draftOf(tx, caller, { agent, latest }, audited);
      if ((await this.entries.count(tx, agentId, version)) >= agentPolicy.entries)
        throw new Problem('knowledge_full');
      await this.entries.add(tx, agentId, version, { id, ...entry }, audited);
      return version;
    });
    agentChanged(this.events, client, 'changed', { id: agentId, version: draft });
    return id;
  }

  /** @throws Problem `not_found`, `agents_exceeded` */
  async remove(caller: Caller, agentId: string, id: string, client: ClientContext): Promise<void> {
    const draft = await this.database.transaction(async (tx) => {
      const { agent, latest } = await this.agents.locked(tx, agentId);
      const details = { agent: agentId, knowledge: id, change: 'removed' };
      const audited = await this.agents.entry(tx, 'agent.changed', details, client);
      const version = await this.agents.draftOf(tx, caller, { agent, latest }, audited);
      if (!(await this.entries.remove(tx, agentId, version, id, audited))) throw new Problem('not_found');
      return version;
    });
    agentChanged(this.events, client, 'changed', { id: agentId, version: draft });
  }
}
