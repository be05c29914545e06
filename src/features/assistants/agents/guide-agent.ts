import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { guideAgent } from '../../../../config/policy/assistants/guide.js';
import { Database } from '../../../database/database.js';
import { Log } from '../../../observability/log.js';
import { Random } from '../../../ports/random.js';
import { AuditTrail } from '../../audit/audit-trail.service.js';
import { startSettings } from './admin/admin-agents.service.js';
import { AgentVersionsRepository } from './admin/agent-versions.repository.js';
import { KnowledgeRepository } from './knowledge/knowledge.repository.js';

/** Makes the agent of the embedded default, once: an operator's database holds what the operator made, and nothing else. */
@Injectable()
export class GuideAgent implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'database'>,
    private readonly database: Database,
    private readonly agents: AgentVersionsRepository,
    private readonly entries: KnowledgeRepository,
    private readonly audit: AuditTrail,
    private readonly random: Random,
    private readonly log: Log,
  ) {}

  /** A start does not fail because of it. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.config.database.kind !== 'embedded') return;
    await this.make().catch((cause: unknown) => {
      this.log.warn('the agent of the embedded default was not made', { cause });
    });
  }

  private async make(): Promise<void> {
    const { id, name, knowledge, ...settings } = guideAgent;
    // Also one that was taken away: it does not come back.
    if (await this.agents.isKnown(id)) return;
    await this.database.transaction(async (tx) => {
      const entryOf = (action: 'agent.created' | 'agent.changed' | 'agent.published') =>
        this.audit.entry(tx, { action, subjectId: null, details: { agent: id, version: 1 } }, null);
      const [created, changed] = [await entryOf('agent.created'), await entryOf('agent.changed')];
      const all = { ...startSettings, ...settings };
      if ((await this.agents.add(tx, null, id, name, all, created)) === null) return;
      for (const { title, text } of knowledge) {
        const entry = { id: this.random.timeOrderedUuid(), title, text, language: 'en' };
        await this.entries.add(tx, id, 1, entry, changed);
      }
      await this.agents.publish(tx, id, 1, await entryOf('agent.published'));
    });
  }
}
