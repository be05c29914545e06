import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { fallbackTexts } from '../../../../config/policy/assistants/chat.js';
import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { Log } from '../../../observability/log.js';
import { MessagingChannel } from '../../../ports/delivery/messaging-channel.js';
import { Random } from '../../../ports/random.js';
import { WorkerPool } from '../../../tasks/worker-pool.js';
import { MessengerIds, SealedUnderAnotherKey } from '../people/messenger-ids.js';
import { MessengerAnswers } from './messenger-answers.service.js';
import { RepliesRepository, type NewReply, type WaitingMessage } from './replies.repository.js';
import type { HeldPerson } from './held-person.js';
import { ReplySender } from './reply-sender.js';
import { partsOfReply } from './reply-text.js';
import { Background } from '../../../tasks/background.js';

const {
  workers,
  lookEveryMs,
  idleLookEveryMs,
  withoutPageLookEveryMs,
  leaseMs,
  turnSteps,
  answerWithinMs,
  unreadableLookEveryMs,
  disclosureParts,
} = messengerPolicy;

/**
 * Answers what people wrote to a page: one message after the other for each person, several people at a time, and each for a few messages
 * before the others come. What an instance was at when it died is taken up by another once its lease has ended.
 */
@Background('messages')
@Injectable()
export class MessengerWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pool: WorkerPool<HeldPerson>;
  private readonly leaseMs: number;

  constructor(
    @Inject(CONFIG)
    { messenger, ai }: Pick<Config, 'messenger'> & { readonly ai: Pick<Config['ai'], 'timeoutMs'> },
    private readonly replies: RepliesRepository,
    private readonly answers: MessengerAnswers,
    private readonly sender: ReplySender,
    private readonly channel: MessagingChannel,
    private readonly ids: MessengerIds,
    private readonly random: Random,
    private readonly log: Log,
  ) {
    // Longer than a model may take.
    this.leaseMs = Math.max(leaseMs, ai.timeoutMs + leaseMs / 2);
    this.pool = new WorkerPool({
      atOnce: workers,
      // Without a page little comes, and wakes; what is left from one has its end all the same.
      lookEveryMs: messenger?.page ? lookEveryMs : withoutPageLookEveryMs,
      idleLookEveryMs,
      claim: () => replies.claim(random.uuid(), this.leaseMs),
      work: async (person) => {
        try {
          await this.workFor(person);
        } catch (error) {
          if (!(error instanceof SealedUnderAnotherKey)) throw error;
          // Left for a while: whoever has the key takes it then.
          await replies.extend(person, unreadableLookEveryMs);
          log.warn('what somebody wrote to a page is under another PSEUDONYM_KEY', { person_id: person.id });
          return;
        }
        await replies.release(person);
      },
      onError: (cause) => {
        log.warn('messages of Messenger could not be worked on', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.pool.start();
  }

  /** A reply that is being sent is waited for; nothing else is begun. */
  beforeApplicationShutdown(): Promise<void> {
    return this.pool.stop();
  }

  /** There may be something to do. */
  wake(): void {
    this.pool.wake();
  }

  private async workFor(person: HeldPerson): Promise<void> {
    await this.sender.giveUpBroken(person);
    for (let step = 0; step < turnSteps; step++) {
      if (this.pool.signal.aborted || !(await this.replies.extend(person, this.leaseMs))) return;
      const outcome = await this.sender.sendNext(person);
      if (outcome === 'waits') return;
      if (outcome === 'sent') continue;
      const message = await this.replies.waiting(person, answerWithinMs);
      if (message === null || !(await this.answer(person, message))) return;
    }
  }

  /** False when the message was not answered after all. */
  private async answer(person: HeldPerson, message: WaitingMessage): Promise<boolean> {
    const { signal } = this.pool;
    if (!message.isOpen && !message.asksDeletion) {
      this.log.warn('a message of Messenger came too late to be answered', { person_id: person.id });
      await this.replies.passOver(person, message.id);
      return true;
    }
    const psid = this.ids.open(person.psidSealed, 'psid', person.pageId);
    if (psid !== null) void this.channel.showTyping(psid, signal).catch(() => undefined);
    const { text, path, reason, disclosure, forgets } = await this.answers.answer(person, message, signal);
    // Whoever comes next answers it.
    if (signal.aborted) return false;
    const lead = disclosure === null ? [] : partsOfReply(disclosure, disclosureLimits);
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

/** What must be said is said whole. */
const disclosureLimits = { ...messengerPolicy, replyParts: disclosureParts };

/** A text that cannot be sent is answered as one that could not be made. */
function textsOf(text: string): readonly string[] {
  const parts = partsOfReply(text);
  return parts.length > 0 ? parts : partsOfReply(fallbackTexts.ai_error);
}
