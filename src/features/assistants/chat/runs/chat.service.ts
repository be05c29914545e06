import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../../config/config.js';
import { chatPolicy, defaultSystem } from '../../../../../config/policy/assistants/chat.js';
import { Database } from '../../../../database/database.js';
import { Problem } from '../../../../errors/problem.js';
import type { Caller } from '../../../../guards/route/caller.js';
import { Random } from '../../../../ports/random.js';
import { redact } from '../../../../redaction/redactor.js';
import type { AiCall } from '../../gateway/ai-call.js';
import { ChatRun } from './chat-run.js';
import { ChatRuns } from './chat-runs.service.js';
import { windowOf, type HistoryWindow } from './history-window.js';
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
  readonly requestId: string;
}

const problems: Readonly<Record<BeginRefusal, () => Problem>> = {
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
    private readonly random: Random,
  ) {}

  /** @throws Problem `not_found`, `conversation_busy`, `nothing_to_repeat`, `conversations_exceeded`, `conversation_full` */
  async send(caller: Caller, order: ChatOrder): Promise<ChatRun> {
    const conversationId = order.conversationId ?? this.random.timeOrderedUuid();
    const run = new ChatRun(this.random.timeOrderedUuid(), conversationId, this.random.timeOrderedUuid());
    const text = this.config.piiRedaction ? redact(order.question?.text ?? '') : (order.question?.text ?? '');
    const question =
      order.question === null
        ? null
        : { id: order.question.id ?? this.random.timeOrderedUuid(), text, title: titleOf(text) };
    const begun = await this.begin(caller, run, question, order.repeatedId);
    const window = windowOf(begun.history, begun.summary);
    if (window.summarisedTo !== begun.summary.to)
      // A summary that is not stored is made again with the next question.
      await this.repository
        .summarise(caller, conversationId, { text: window.summary, to: window.summarisedTo })
        .catch(() => undefined);
    this.runs.start(run, (signal) => callOf(caller, window, order, signal));
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

  private async begin(
    caller: Caller,
    run: ChatRun,
    question: { readonly id: string; readonly text: string; readonly title: string } | null,
    repeatedId: string | null,
  ): Promise<BegunRun> {
    const { id: runId, conversationId, answerId } = run;
    return this.database.transaction(async (tx) => {
      const begun = await this.beginnings.begin(tx, caller, {
        runId,
        conversationId,
        answerId,
        question,
        repeatedId,
      });
      if (typeof begun === 'string') throw problems[begun]();
      return begun;
    });
  }
}

function callOf(caller: Caller, window: HistoryWindow, order: ChatOrder, signal: AbortSignal): AiCall {
  const earlier = `Earlier in this conversation, in short:\n${window.summary}`;
  return {
    purpose: 'chat',
    payer: { kind: 'person', userId: caller.userId, key: caller.key },
    agent: null,
    request: {
      model: null,
      system: window.summary === '' ? defaultSystem : `${defaultSystem}\n\n${earlier}`,
      messages: window.shown,
      knowledge: [],
      maxOutputTokens: chatPolicy.answerTokens,
      temperature: null,
      thinking: 'off',
    },
    shape: order.shape,
    timeoutMs: null,
    signal,
    requestId: order.requestId,
  };
}

/** The beginning of the first question, on one line. */
function titleOf(text: string): string {
  const characters = Array.from(text.replaceAll(/\s+/gu, ' ').trim());
  const title = characters.slice(0, chatPolicy.madeTitleCharacters).join('');
  return characters.length > chatPolicy.madeTitleCharacters ? `${title}…` : title;
}
