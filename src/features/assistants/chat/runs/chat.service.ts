import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../../config/config.js';
import { chatPolicy, defaultSystem } from '../../../../../config/policy/assistants/chat.js';
import { Database } from '../../../../database/database.js';
import { Problem } from '../../../../errors/problem.js';
import type { Caller } from '../../../../guards/route/caller.js';
import type { ClientContext } from '../../../../network/client-context.js';
import { SecurityEvents } from '../../../../observability/security-events.js';
import { Random } from '../../../../ports/random.js';
import { redact } from '../../../../redaction/redactor.js';
import type { PublishedAgent } from '../../agents/agent.js';
import type { Payer } from '../../gateway/ai-call.js';
import { promptWithheld } from '../../agents/agents.events.js';
import { AgentsService } from '../../agents/agents.service.js';
import { ChatRun } from './chat-run.js';
import { ChatRuns, type PreparedCall } from './chat-runs.service.js';
import { windowOf, type HistoryWindow, type NumberedMessage } from './history-window.js';
import { RunBeginningsRepository, type BeginRefusal, type BegunRun } from './run-beginnings.repository.js';
import { RunsRepository } from './runs.repository.js';

/** What somebody sends. */
export interface ChatOrder {
  /** Null: a new conversation. */
  readonly conversationId: string | null;
  /** Null: the latest question is answered again. */
  readonly question: { readonly id: string | null; readonly text: string } | null;
  /** Of the answer, or question, that is given again; null: whichever is the latest. */
  readonly repeatedId: string | null;
  readonly shape: 'whole' | 'stream';
  /** Who answers; null: the agent of the conversation, or the default one. */
  readonly agentId: string | null;
  /** Of the page that asks; null without one. */
  readonly origin: string | null;
  readonly client: ClientContext;
}

const problems: Readonly<Record<BeginRefusal, () => Problem>> = {
  agent_settled: () => new Problem('agent_settled'),
  busy: () => new Problem('conversation_busy'),
  unknown: () => new Problem('not_found'),
  nothing_to_repeat: () => new Problem('nothing_to_repeat'),
  conversations_exceeded: () => new Problem('conversations_exceeded'),
  conversation_full: () => new Problem('conversation_full'),
};

/** Questions and their answers. A question is stored before a model is asked; its answer is given whether or not anybody waits. */
@Injectable()
export class ChatService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'piiRedaction'>,
    private readonly database: Database,
    private readonly beginnings: RunBeginningsRepository,
    private readonly repository: RunsRepository,
    private readonly runs: ChatRuns,
    private readonly agents: AgentsService,
    private readonly events: SecurityEvents,
    private readonly random: Random,
  ) {}

  /**
   * @throws Problem `not_found`, `conversation_busy`, `nothing_to_repeat`, `conversations_exceeded`, `conversation_full`,
   * `agent_unknown`, `agent_settled`, `origin_refused`
   */
  async send(caller: Caller, order: ChatOrder): Promise<ChatRun> {
    const conversationId = order.conversationId ?? this.random.timeOrderedUuid();
    const agent = await this.agentOf(caller, order);
    const run = new ChatRun(this.random.timeOrderedUuid(), conversationId, this.random.timeOrderedUuid());
    const text = this.config.piiRedaction ? redact(order.question?.text ?? '') : (order.question?.text ?? '');
    const question =
      order.question === null
        ? null
        : { id: order.question.id ?? this.random.timeOrderedUuid(), text, title: titleOf(text) };
    const begun = await this.begin(caller, run, question, order.repeatedId, agent);
    const window = windowOf(withoutDisclosure(begun.history, agent), begun.summary);
    if (window.summarisedTo !== begun.summary.to)
      // A summary that is not stored is made again with the next question.
      await this.repository
        .summarise(caller, conversationId, { text: window.summary, to: window.summarisedTo })
        .catch(() => undefined);
    this.runs.start(run, (signal) => this.prepare(caller, order, window, agent, begun.isFirst, signal));
    return run;
  }

  /** Keeps what came of a running answer. False when none runs. */
  async stop(caller: Caller, conversationId: string): Promise<boolean> {
    const id = await this.repository.requestStop(caller, conversationId);
    if (id === null) return false;
    // Elsewhere it is seen with the next batch.
    this.runs.find(id)?.stopping.abort();
    return true;
  }

  /** A conversation stays with its agent. @throws Problem `agent_unknown`, `agent_settled`, `origin_refused` */
  private async agentOf(caller: Caller, order: ChatOrder): Promise<PublishedAgent | null> {
    const { conversationId, origin } = order;
    const agentId = wantedBy(caller, order.agentId);
    const settled =
      conversationId === null ? undefined : await this.repository.agentOf(caller, conversationId);
    if (settled === undefined) return this.choose(caller, agentId, origin);
    if (agentId !== null && agentId !== settled) throw new Problem('agent_settled');
    return settled === null ? null : this.choose(caller, settled, origin);
  }

  private async choose(
    caller: Caller,
    agentId: string | null,
    origin: string | null,
  ): Promise<PublishedAgent | null> {
    const agent = await this.agents.choose(agentId, origin);
    // It may have been public when the visitor's token was made.
    if (caller.visitor !== undefined && agent?.isPublic !== true) throw new Problem('agent_unknown');
    return agent;
  }

  private async begin(
    caller: Caller,
    run: ChatRun,
    question: { readonly id: string; readonly text: string; readonly title: string } | null,
    repeatedId: string | null,
    agent: PublishedAgent | null,
  ): Promise<BegunRun> {
    const { id: runId, conversationId, answerId } = run;
    return this.database.transaction(async (tx) => {
      const begun = await this.beginnings.begin(tx, caller, {
        runId,
        conversationId,
        answerId,
        question,
        repeatedId,
        agentId: agent?.id ?? null,
      });
      if (typeof begun === 'string') throw problems[begun]();
      return begun;
    });
  }

  private async prepare(
    caller: Caller,
    { shape, client }: ChatOrder,
    window: HistoryWindow,
    agent: PublishedAgent | null,
    isFirst: boolean,
    signal: AbortSignal,
  ): Promise<PreparedCall> {
    const knowledge =
      agent === null ? [] : await this.agents.knowledgeOf(agent, window.shown.at(-1)?.text ?? '');
    const { systemPrompt, ...settings } = agent ?? builtIn;
    const earlier = `Earlier in this conversation, in short:\n${window.summary}`;
    return {
      call: {
        purpose: 'chat',
        payer: payerOf(caller),
        agent: agent === null ? null : { id: agent.id, dailyCap: agent.dailyCap },
        request: {
          model: settings.model,
          system: window.summary === '' ? systemPrompt : `${systemPrompt}\n\n${earlier}`,
          messages: window.shown,
          knowledge,
          maxOutputTokens: settings.maxOutputTokens,
          temperature: settings.temperature,
          thinking: settings.thinking,
        },
        shape,
        timeoutMs: null,
        signal,
        requestId: client.requestId,
      },
      frame: {
        disclosure: isFirst ? (agent?.disclosure ?? null) : null,
        sources: knowledge,
        prompt: agent === null ? null : this.agents.promptOf(agent),
        onLeak: () => {
          if (agent !== null) promptWithheld(this.events, client, agent.id);
        },
      },
    };
  }
}

/** Who answers where there is no agent. Its instructions are public. */
const builtIn = {
  systemPrompt: defaultSystem,
  model: null,
  temperature: null,
  maxOutputTokens: chatPolicy.answerTokens,
  thinking: 'off',
} as const;

/** A visitor asks the agent of the token. @throws Problem `agent_unknown` */
function wantedBy({ visitor }: Caller, agentId: string | null): string | null {
  if (visitor === undefined) return agentId;
  if (agentId !== null && agentId !== visitor.agentId) throw new Problem('agent_unknown');
  return visitor.agentId;
}

const payerOf = ({ userId, key, visitor }: Caller): Payer =>
  visitor === undefined
    ? { kind: 'person', userId, key }
    : { kind: 'visitor', visitorId: userId, address: visitor.address };

/** A model that read the disclosure before its first answer would write it before each. */
function withoutDisclosure(
  history: readonly NumberedMessage[],
  agent: PublishedAgent | null,
): readonly NumberedMessage[] {
  const disclosure = agent?.disclosure ?? null;
  if (disclosure === null) return history;
  const lead = `${disclosure}\n\n`;
  return history.map((message) =>
    message.role === 'assistant' && message.number === 2 && message.text.startsWith(lead)
      ? { ...message, text: message.text.slice(lead.length) }
      : message,
  );
}

/** The beginning of the first question, on one line. */
function titleOf(text: string): string {
  const characters = Array.from(text.replaceAll(/\s+/gu, ' ').trim());
  const title = characters.slice(0, chatPolicy.madeTitleCharacters).join('');
  return characters.length > chatPolicy.madeTitleCharacters ? `${title}…` : title;
}
