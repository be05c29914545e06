import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { agentPolicy } from '../../../../config/policy/assistants/agents.js';
import { BoundedCache } from '../../../cache/bounded-cache.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { KnowledgeExcerpt } from '../../../ports/assistants/language-model.js';
import type { PublishedAgent } from './agent.js';
import { AgentsRepository } from './agents.repository.js';
import { KnowledgeRepository } from './knowledge/knowledge.repository.js';
import { PromptIndex } from './prompt-leak.js';

/** Agents that can be asked. */
@Injectable()
export class AgentsService {
  /** By agent and version, which never changes once it is published. */
  private readonly prompts = new BoundedCache<PromptIndex>(agentPolicy.keptPrompts);

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'corsOrigins'>,
    private readonly agents: AgentsRepository,
    private readonly entries: KnowledgeRepository,
  ) {}

  list(): Promise<readonly PublishedAgent[]> {
    return this.agents.list();
  }

  /** A visitor sees the agent of its token alone, as long as that is public. @throws Problem `not_found` */
  async get({ visitor }: Caller, id: string): Promise<PublishedAgent> {
    const agent = visitor === undefined || visitor.agentId === id ? await this.agents.find(id) : null;
    if (agent === null || (visitor !== undefined && !agent.isPublic)) throw new Problem('not_found');
    return agent;
  }

  /**
   * Who answers. `id`: null is the default agent, if there is one; null where none is. `origin`: of the page that asks; null without one.
   * @throws Problem `agent_unknown`, `origin_refused`
   */
  async choose(id: string | null, origin: string | null): Promise<PublishedAgent | null> {
    const agent = id === null ? await this.agents.findDefault() : await this.agents.find(id);
    if (agent === null) {
      if (id !== null) throw new Problem('agent_unknown');
      return null;
    }
    if (origin !== null && !this.answersPagesOf(agent, origin)) throw new Problem('origin_refused');
    return agent;
  }

  /** What it knows about a question, best first. */
  knowledgeOf({ id, version }: PublishedAgent, question: string): Promise<readonly KnowledgeExcerpt[]> {
    return this.entries.search(id, version, question);
  }

  /** What of its instructions may not leave in an answer. */
  promptOf({ id, version, systemPrompt }: PublishedAgent): PromptIndex {
    const name = `${id}:${version}`;
    const known = this.prompts.get(name);
    if (known !== undefined) return known;
    const made = new PromptIndex(systemPrompt);
    this.prompts.set(name, made);
    return made;
  }

  /** CORS_ORIGINS may have become fewer since the version was made. Whom it names none, CORS keeps from reading. */
  private answersPagesOf({ origins }: PublishedAgent, origin: string): boolean {
    return origins.length === 0 || (origins.includes(origin) && this.config.corsOrigins.includes(origin));
  }
}
