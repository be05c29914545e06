import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../guards/route/caller.js';
import type { KnowledgeExcerpt } from '../../../ports/assistants/language-model.js';
import { AnswerBroken, type FallbackReason } from '../gateway/ai-call.js';
import { AnswerCredits } from '../credits/answer-credits.service.js';
import { AiGateway } from '../gateway/ai-gateway.service.js';
import { AdminAgentsService } from './admin/admin-agents.service.js';
import { requestBy } from './agent-request.js';
import { KnowledgeRepository } from './knowledge/knowledge.repository.js';
import { PromptIndex } from './prompt-leak.js';
import { withoutPrompt } from './without-prompt.js';

/** One answer of an agent that is tried out. */
export interface AgentAnswer {
  readonly text: string;
  readonly path: 'ai' | 'fallback';
  readonly reason: FallbackReason | null;
  readonly model: string | null;
  readonly sources: readonly KnowledgeExcerpt[];
  readonly isWithheld: boolean;
}

/** Tries out a version of an agent, published or not. Nothing of it is stored; it is paid as any call. */
@Injectable()
export class AgentAnswers {
  constructor(
    private readonly agents: AdminAgentsService,
    private readonly entries: KnowledgeRepository,
    private readonly gateway: AiGateway,
    private readonly credits: AnswerCredits,
  ) {}

  /** `version`: null is the latest. @throws Problem `not_found`, `credits_insufficient`, `key_credits_exceeded` */
  async try(
    caller: Caller,
    agentId: string,
    version: number | null,
    message: string,
    requestId: string,
  ): Promise<{ readonly version: number; readonly answer: AgentAnswer }> {
    const agent = await this.agents.version(agentId, version);
    const payer = { kind: 'person' as const, userId: caller.userId, key: caller.key };
    await this.credits.require(payer, agent.model);
    const knowledge = await this.entries.search(agentId, agent.version, message);
    const answer = await this.gateway.ask({
      purpose: 'chat',
      payer,
      agent: { id: agentId, dailyCap: agent.dailyCap },
      request: requestBy(agent, [{ role: 'user', text: message }], knowledge),
      pictures: null,
      shape: 'whole',
      timeoutMs: null,
      signal: null,
      requestId,
    });
    const none = { text: '', model: null, sources: [], isWithheld: false };
    if (answer.path === 'fallback')
      return { version: agent.version, answer: { ...none, path: 'fallback', reason: answer.reason } };
    let [text, isWithheld] = ['', false];
    let reason: FallbackReason | null = null;
    const parts = withoutPrompt(answer.parts, new PromptIndex(agent.systemPrompt), () => (isWithheld = true));
    try {
      for await (const part of parts) if (part.type === 'text') text += part.text;
    } catch (error) {
      if (!(error instanceof AnswerBroken)) throw error;
      reason = error.reason === 'stopped' ? 'provider_unavailable' : error.reason;
    }
    return {
      version: agent.version,
      answer: { text, path: 'ai', reason, model: answer.model, sources: knowledge, isWithheld },
    };
  }
}
