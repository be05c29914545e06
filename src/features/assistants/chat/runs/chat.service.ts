import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../../config/config.js';
import { chatPolicy } from '../../../../../config/policy/assistants/chat.js';
import { Database, type Transaction } from '../../../../database/database.js';
import { Problem } from '../../../../errors/problem.js';
import type { Caller } from '../../../../guards/route/caller.js';
import { Random } from '../../../../ports/random.js';
import { redact } from '../../../../redaction/redactor.js';
import { ReversibleRedaction } from '../../../../redaction/reversible-redaction.js';
import type { PublishedAgent } from '../../agents/agent.js';
import { AgentsService } from '../../agents/agents.service.js';
import { ChatCalls, type ChatOrder } from './chat-calls.js';
import { ChatRun } from './chat-run.js';
import { ChatRuns } from './chat-runs.service.js';
import { windowOf, type HistoryWindow, type NumberedMessage } from './history-window.js';
import {
  RunBeginningsRepository,
  type BeginRefusal,
  type BegunRun,
  type NewRun,
} from './run-beginnings.repository.js';
import { RunsRepository } from './runs.repository.js';

const problems: Readonly<Record<BeginRefusal, () => Problem>> = {
  agent_settled: () => new Problem('agent_settled'),
  busy: () => new Problem('conversation_busy'),
  unknown: () => new Problem('not_found'),
  nothing_to_repeat: () => new Problem('nothing_to_repeat'),
  conversations_exceeded: () => new Problem('conversations_exceeded'),
  conversation_full: () => new Problem('conversation_full'),
  visitor_ended: () => new Problem('token_invalid'),
};

export type { ChatOrder } from './chat-calls.js';

/** An answer that begins. */
export type BeginningRun = Pick<NewRun, 'runId' | 'conversationId' | 'answerId'>;

type ClaimRun = (tx: Transaction, run: BeginningRun) => Promise<void>;

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
    private readonly calls: ChatCalls,
    private readonly random: Random,
  ) {}

  /**
   * @throws Problem `not_found`, `validation_failed`, `conversation_busy`, `nothing_to_repeat`, `conversations_exceeded`, `conversation_full`,
   * `token_invalid`, `agent_unknown`, `agent_settled`, `origin_refused`, `credits_insufficient`, `key_credits_exceeded`
   */
  send(caller: Caller, order: ChatOrder): Promise<ChatRun> {
    return this.start(caller, order, () => Promise.resolve());
  }

  /** As `send`. `claim`: in the transaction that stores the question, which is not stored where it throws. */
  async start(caller: Caller, order: ChatOrder, claim: ClaimRun): Promise<ChatRun> {
    const conversationId = order.conversationId ?? this.random.timeOrderedUuid();
    const agent = await this.agentOf(caller, order);
    await this.calls.require(caller, order, agent);
    const asked = order.question?.text ?? '';
    const isRedacted = this.config.piiRedaction;
    const redaction = isRedacted && agent?.restoresPersonalData === true ? new ReversibleRedaction() : null;
    const run = new ChatRun(
      this.random.timeOrderedUuid(),
      conversationId,
      this.random.timeOrderedUuid(),
      redaction,
    );
    const text = isRedacted ? redact(asked) : asked;
    const question =
      order.question === null
        ? null
        : {
            id: order.question.id ?? this.random.timeOrderedUuid(),
            text,
            title: titleOf(text),
            attachments: order.question.attachments,
          };
    const begun = await this.begin(caller, run, question, order.repeatedId, agent, claim);
    const window = windowOf(withoutDisclosure(begun, agent), begun.summary);
    if (window.summarisedTo !== begun.summary.to)
      // A summary that is not stored is made again with the next question.
      await this.repository
        .summarise(caller, conversationId, { text: window.summary, to: window.summarisedTo })
        .catch(() => undefined);
    const shown = question === null || redaction === null ? window : asking(window, redaction.redact(asked));
    this.runs.start(run, (signal) => this.calls.prepare(caller, order, shown, agent, begun, signal));
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
    question: NewRun['question'],
    repeatedId: string | null,
    agent: PublishedAgent | null,
    claim: ClaimRun,
  ): Promise<BegunRun> {
    const { id: runId, conversationId, answerId } = run;
    return this.database.transaction(async (tx) => {
      await claim(tx, { runId, conversationId, answerId });
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
}

/** The same with another text for the question, which is the last message. */
const asking = (window: HistoryWindow, text: string): HistoryWindow => ({
  ...window,
  shown: window.shown.map((message, at) => (at === window.shown.length - 1 ? { ...message, text } : message)),
});

/** A visitor asks the agent of the token. @throws Problem `agent_unknown` */
function wantedBy({ visitor }: Caller, agentId: string | null): string | null {
  if (visitor === undefined) return agentId;
  if (agentId !== null && agentId !== visitor.agentId) throw new Problem('agent_unknown');
  return visitor.agentId;
}

/** A model that read the disclosure before its first answer would write it before each. */
function withoutDisclosure(
  { history, firstAnswer }: BegunRun,
  agent: PublishedAgent | null,
): readonly NumberedMessage[] {
  const disclosure = agent?.disclosure ?? null;
  if (disclosure === null) return history;
  const lead = `${disclosure}\n\n`;
  return history.map((message) =>
    message.number === firstAnswer && message.text.startsWith(lead)
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
