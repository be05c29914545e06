import { Injectable } from '@nestjs/common';
import { fallbackTexts } from '../../../../config/policy/assistants/chat.js';
import { messengerPolicy, messengerTexts } from '../../../../config/policy/assistants/messenger.js';
import { Problem } from '../../../errors/problem.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import type { ModelMessage } from '../../../ports/assistants/language-model.js';
import type { PublishedAgent } from '../../assistants/agents/agent.js';
import { builtInAgent } from '../../assistants/agents/built-in-agent.js';
import { requestBy } from '../../assistants/agents/agent-request.js';
import { promptWithheld } from '../../assistants/agents/agents.events.js';
import { AgentsService } from '../../assistants/agents/agents.service.js';
import { withoutPrompt } from '../../assistants/agents/without-prompt.js';
import { AnswerBroken, type FallbackReason } from '../../assistants/gateway/ai-call.js';
import { AiGateway } from '../../assistants/gateway/ai-gateway.service.js';
import { asksForDeletion } from '../inbound/deletion-phrase.js';
import { MessengerIds, SealedUnderAnotherKey } from '../people/messenger-ids.js';
import { PageAgentsRepository } from '../people/page-agents.repository.js';
import { RepliesRepository, type WaitingMessage } from './replies.repository.js';
import type { HeldPerson } from './held-person.js';

/** What is said to a message. */
export interface MessengerAnswer {
  readonly text: string;
  readonly path: 'ai' | 'fallback' | 'fixed';
  readonly reason: FallbackReason | null;
  /** Stands before it, as a message of its own; null for nothing. */
  readonly disclosure: string | null;
  /** Everything of the person is to be deleted once it is sent. */
  readonly forgets: boolean;
}

/** Answers a message to a page, by the page's agent. */
@Injectable()
export class MessengerAnswers {
  constructor(
    private readonly gateway: AiGateway,
    private readonly agents: AgentsService,
    private readonly pages: PageAgentsRepository,
    private readonly replies: RepliesRepository,
    private readonly ids: MessengerIds,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {}

  /** @throws SealedUnderAnotherKey, what the database throws */
  async answer(person: HeldPerson, message: WaitingMessage, signal: AbortSignal): Promise<MessengerAnswer> {
    const fixed = { path: 'fixed', reason: null, disclosure: null, forgets: false } as const;
    if (message.asksDeletion) return { ...fixed, text: messengerTexts.forgotten, forgets: true };
    const text = this.textOf(person, message.textSealed);
    if (text === null && message.textSealed !== null) throw new SealedUnderAnotherKey();
    if (text === null) return { ...fixed, text: messengerTexts.noText };
    // Stored by an instance of an earlier version.
    if (asksForDeletion(text)) return { ...fixed, text: messengerTexts.forgotten, forgets: true };
    const agent = await this.agentOf(person.pageId);
    const said = await this.ask(person, message, text, agent, signal);
    const disclosure = message.wasDisclosed ? null : (agent?.disclosure ?? null);
    return { ...said, disclosure, forgets: false };
  }

  private async ask(
    person: HeldPerson,
    message: WaitingMessage,
    text: string,
    agent: PublishedAgent | null,
    signal: AbortSignal,
  ): Promise<Pick<MessengerAnswer, 'text' | 'path' | 'reason'>> {
    const knowledge = agent === null ? [] : await this.agents.knowledgeOf(agent, text);
    const messages = [...(await this.history(person, message)), { role: 'user', text } as const];
    const answer = await this.gateway.ask({
      purpose: 'messenger',
      payer: { kind: 'messenger', pseudonym: person.psidHash.toString('hex') },
      agent: agent === null ? null : { id: agent.id, dailyCap: agent.dailyCap },
      request: requestBy(agent ?? builtInAgent, messages, knowledge),
      pictures: null,
      shape: 'whole',
      timeoutMs: null,
      signal,
      requestId: null,
    });
    if (answer.path === 'fallback') return fallback(answer.reason);
    const parts =
      agent === null
        ? answer.parts
        : withoutPrompt(answer.parts, this.agents.promptOf(agent), () => {
            promptWithheld(this.events, null, agent.id);
          });
    let said = '';
    try {
      for await (const part of parts) if (part.type === 'text') said += part.text;
    } catch (error) {
      if (!(error instanceof AnswerBroken)) throw error;
      // Of an answer that is wanted whole nothing is shown that is not.
      return fallback(error.reason === 'stopped' ? 'provider_unavailable' : error.reason);
    }
    return said.trim() === '' ? fallback('ai_error') : { text: said, path: 'ai', reason: null };
  }

  private async agentOf(pageId: string): Promise<PublishedAgent | null> {
    try {
      return await this.agents.choose(await this.pages.agentOf(pageId), null);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.log.warn('the agent of a page cannot be asked: the default one answers', { page_id: pageId });
      return this.agents.choose(null, null);
    }
  }

  private async history(person: HeldPerson, { id }: WaitingMessage): Promise<readonly ModelMessage[]> {
    const lines = await this.replies.history(person, id, messengerPolicy.historyMessages);
    return lines.flatMap(({ role, textSealed }) => {
      const text = this.textOf(person, textSealed);
      return text === null ? [] : [{ role, text }];
    });
  }

  private textOf({ pageId }: HeldPerson, sealed: Buffer | null): string | null {
    return sealed === null ? null : this.ids.open(sealed, 'text', pageId);
  }
}

const fallback = (reason: FallbackReason) =>
  ({ text: fallbackTexts[reason], path: 'fallback', reason }) as const;
