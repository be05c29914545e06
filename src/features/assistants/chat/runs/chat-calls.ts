import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../../guards/route/caller.js';
import type { ClientContext } from '../../../../network/client-context.js';
import { SecurityEvents } from '../../../../observability/security-events.js';
import type { PublishedAgent } from '../../agents/agent.js';
import { builtInAgent } from '../../agents/built-in-agent.js';
import { requestBy } from '../../agents/agent-request.js';
import { promptWithheld } from '../../agents/agents.events.js';
import { AgentsService } from '../../agents/agents.service.js';
import { AnswerCredits } from '../../credits/answer-credits.service.js';
import type { Payer } from '../../gateway/ai-call.js';
import { ChatAttachments } from './chat-attachments.js';
import type { PreparedCall } from './chat-runs.service.js';
import type { HistoryWindow } from './history-window.js';
import type { BegunRun } from './run-beginnings.repository.js';

/** What somebody sends. */
export interface ChatOrder {
  /** Null: a new conversation. */
  readonly conversationId: string | null;
  /** Null: the latest question is answered again. */
  readonly question: {
    readonly id: string | null;
    readonly text: string;
    /** Ids of the caller's files. */
    readonly attachments: readonly string[];
  } | null;
  /** Of the answer, or question, that is given again; null: whichever is the latest. */
  readonly repeatedId: string | null;
  readonly shape: 'whole' | 'stream';
  /** Who answers; null: the agent of the conversation, or the default one. */
  readonly agentId: string | null;
  /** Of the page that asks; null without one. */
  readonly origin: string | null;
  readonly client: ClientContext;
}

/** Makes of a stored question the call that answers it: with the agent's instructions, what it knows, and what the question shows. */
@Injectable()
export class ChatCalls {
  constructor(
    private readonly agents: AgentsService,
    private readonly attachments: ChatAttachments,
    private readonly credits: AnswerCredits,
    private readonly events: SecurityEvents,
  ) {}

  /** Before anything is stored. @throws Problem `not_found`, `validation_failed`, `credits_insufficient`, `key_credits_exceeded` */
  async require(caller: Caller, { question }: ChatOrder, agent: PublishedAgent | null): Promise<void> {
    await this.attachments.require(caller, question?.attachments ?? []);
    await this.credits.require(payerOf(caller), (agent ?? builtInAgent).model);
  }

  /** @throws what the database throws */
  async prepare(
    caller: Caller,
    { shape, client }: ChatOrder,
    window: HistoryWindow,
    agent: PublishedAgent | null,
    { firstAnswer, attachments }: BegunRun,
    signal: AbortSignal,
  ): Promise<PreparedCall> {
    const knowledge =
      agent === null ? [] : await this.agents.knowledgeOf(agent, window.shown.at(-1)?.text ?? '');
    const pictures = await this.attachments.find(caller, attachments);
    return {
      call: {
        purpose: 'chat',
        payer: payerOf(caller),
        agent: agent === null ? null : { id: agent.id, dailyCap: agent.dailyCap },
        request: requestBy(agent ?? builtInAgent, messagesOf(window), knowledge),
        pictures,
        shape,
        timeoutMs: null,
        signal,
        requestId: client.requestId,
      },
      frame: {
        disclosure: firstAnswer === null ? (agent?.disclosure ?? null) : null,
        sources: knowledge,
        prompt: agent === null ? null : this.agents.promptOf(agent),
        onLeak: () => {
          if (agent !== null) promptWithheld(this.events, client, agent.id);
        },
      },
    };
  }
}

/** What fell out of the window is no instruction: it has the words of whoever asks. */
const messagesOf = ({ summary, shown }: HistoryWindow): HistoryWindow['shown'] =>
  summary === ''
    ? shown
    : [{ role: 'user', text: `Earlier in this conversation, in short:\n${summary}` }, ...shown];

const payerOf = ({ userId, key, visitor }: Caller): Payer =>
  visitor === undefined
    ? { kind: 'person', userId, key }
    : { kind: 'visitor', visitorId: userId, address: visitor.address };
