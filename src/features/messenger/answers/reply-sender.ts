import { Injectable } from '@nestjs/common';
import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { MessagingChannel, SendFailed } from '../../../ports/delivery/messaging-channel.js';
import { pageTokenRefused } from '../messenger.events.js';
import { MessengerIds, SealedUnderAnotherKey } from '../people/messenger-ids.js';
import type { HeldPerson } from './held-person.js';
import { SendingsRepository, type ReplyToSend } from './sendings.repository.js';

const { answerWithinMs, retriesMs } = messengerPolicy;

/** Sends a reply at most once: it is marked before, and settled behind. */
@Injectable()
export class ReplySender {
  private isTokenRefused = false;

  constructor(
    private readonly sendings: SendingsRepository,
    private readonly channel: MessagingChannel,
    private readonly ids: MessengerIds,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {}

  /** What a worker left in the middle of its sending is not sent again by itself. @throws what the database throws */
  async giveUpBroken(person: HeldPerson): Promise<void> {
    const broken = await this.sendings.giveUpBroken(person);
    if (broken > 0) this.log.warn('replies were left in the middle of their sending', { count: broken });
  }

  /**
   * Sends the next reply of a person. `none`: there is none; `waits`: nothing more may be done for the person now, because what comes behind
   * it waits too: the order is kept. @throws SealedUnderAnotherKey, what the database throws
   */
  async sendNext(person: HeldPerson): Promise<'sent' | 'waits' | 'none'> {
    const reply = await this.sendings.next(person);
    if (reply === null) return 'none';
    return reply.isDue && (await this.send(person, reply)) ? 'sent' : 'waits';
  }

  private async send(person: HeldPerson, reply: ReplyToSend): Promise<boolean> {
    const psid = this.ids.open(person.psidSealed, 'psid', person.pageId);
    const text = this.ids.open(reply.textSealed, 'text', person.pageId);
    // Another instance, or the same one with the right key, sends it.
    if (psid === null || text === null) throw new SealedUnderAnotherKey();
    const begun = await this.sendings.begin(person, reply.id, answerWithinMs);
    if (begun !== 'begun') return begun !== 'gone';
    try {
      const mid = await this.channel.send({
        pageId: person.pageId,
        psid,
        text,
        metadata: this.ids.markOf(reply.id),
      });
      await this.sendings.settleSent(reply.id, mid);
      this.isTokenRefused = false;
      return true;
    } catch (error) {
      if (!(error instanceof SendFailed)) throw error;
      return this.fail(person, reply, error);
    }
  }

  /** Said once, until it is taken again. */
  private onTokenRefused(): void {
    if (!this.isTokenRefused) pageTokenRefused(this.events);
    this.isTokenRefused = true;
  }

  private async fail(
    person: HeldPerson,
    { id, attempts }: ReplyToSend,
    { failure, code }: SendFailed,
  ): Promise<boolean> {
    this.log.warn('a reply was not sent', { reply_id: id, failure, code });
    if (failure === 'token') this.onTokenRefused();
    const retryMs = retriesMs[attempts];
    if (failure === 'refused' || (failure !== 'unknown' && retryMs === undefined)) {
      await this.sendings.settle(person, id, 'failed', code);
      return true;
    }
    if (failure === 'unknown' || retryMs === undefined) {
      await this.sendings.settle(person, id, 'unknown', code);
      return true;
    }
    await this.sendings.retry(person, id, retryMs, code);
    return false;
  }
}
