import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { fallbackTexts } from '../../../../config/policy/assistants/chat.js';
import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { drainTimeoutMs } from '../../../../config/policy/perimeter/http.js';
import { Log } from '../../../observability/log.js';
import { MessagingChannel } from '../../../ports/delivery/messaging-channel.js';
import { Random } from '../../../ports/random.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { within } from '../../../tasks/within.js';
import { MessengerIds } from '../people/messenger-ids.js';
import { MessengerAnswers } from './messenger-answers.service.js';
import {
  RepliesRepository,
  type HeldPerson,
  type NewReply,
  type WaitingMessage,
} from './replies.repository.js';
import { ReplySender } from './reply-sender.js';
import { partsOfReply } from './reply-text.js';

const { workers, lookEveryMs, leaseMs } = messengerPolicy;

/**
 * Answers what people wrote to a page: one message after the other for each person, several people at a time. What an instance was at
 * when it died is taken up by another once its lease has ended.
 */
@Injectable()
export class MessengerWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly task: PeriodicTask;

  constructor(
    private readonly replies: RepliesRepository,
    private readonly answers: MessengerAnswers,
    private readonly sender: ReplySender,
    private readonly channel: MessagingChannel,
    private readonly ids: MessengerIds,
    private readonly random: Random,
    private readonly log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: lookEveryMs,
      jitter: 0.2,
      run: () => {
        this.wake();
      },
      onError: () => undefined,
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  /** A reply that is being sent is waited for; nothing else is begun. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('the instance stops'));
    await this.task.stop();
    await within(Promise.allSettled(this.running), drainTimeoutMs, 'replies are not settled').catch(
      () => undefined,
    );
  }

  /** There may be something to do. */
  wake(): void {
    if (this.stopping.signal.aborted || this.running.size >= workers) return;
    const work = this.workOn()
      .catch((cause: unknown) => {
        this.log.warn('messages of Messenger could not be worked on', { cause });
      })
      .finally(() => this.running.delete(work));
    this.running.add(work);
  }

  /** Takes one person after the other, for as long as there is one; where there is, another worker looks as well. */
  private async workOn(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const person = await this.replies.claim(this.random.uuid(), leaseMs);
      if (person === null) return;
      this.wake();
      await this.workFor(person);
      await this.replies.release(person);
    }
  }

  private async workFor(person: HeldPerson): Promise<void> {
    const broken = await this.replies.giveUpBroken(person);
    if (broken > 0) this.log.warn('replies were left in the middle of their sending', { count: broken });
    while (!this.stopping.signal.aborted && (await this.replies.extend(person, leaseMs))) {
      const reply = await this.replies.next(person);
      if (reply !== null) {
        // What comes behind it waits too: the order is kept.
        if (!reply.isDue || !(await this.sender.send(person, reply))) return;
        continue;
      }
      const message = await this.replies.waiting(person);
      if (message === null || !(await this.answer(person, message))) return;
    }
  }

  /** False when the message was not answered after all. */
  private async answer(person: HeldPerson, message: WaitingMessage): Promise<boolean> {
    const { signal } = this.stopping;
    const psid = this.ids.open(person.psidSealed, 'psid', person.pageId);
    if (psid !== null) void this.channel.showTyping(psid, signal).catch(() => undefined);
    const { text, path, reason, disclosure, forgets } = await this.answers.answer(person, message, signal);
    // Whoever comes next answers it.
    if (signal.aborted) return false;
    const lead = disclosure === null ? [] : partsOfReply(disclosure);
    const parts: NewReply[] = [
      ...lead.map((part) => this.replyOf(person, part, 'fixed', null)),
      ...textsOf(text).map((part) => this.replyOf(person, part, path, reason)),
    ];
    return this.replies.answer(person, message.id, parts, { discloses: disclosure !== null, forgets });
  }

  private replyOf(
    { pageId }: HeldPerson,
    text: string,
    path: NewReply['path'],
    reason: NewReply['reason'],
  ): NewReply {
    return {
      id: this.random.timeOrderedUuid(),
      textSealed: this.ids.seal(text, 'text', pageId),
      path,
      reason,
    };
  }
}

/** A text that cannot be sent is answered as one that could not be made. */
function textsOf(text: string): readonly string[] {
  const parts = partsOfReply(text);
  return parts.length > 0 ? parts : partsOfReply(fallbackTexts.ai_error);
}
