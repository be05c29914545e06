import { Injectable } from '@nestjs/common';
import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { MessagingChannel, SendFailed } from '../../../ports/delivery/messaging-channel.js';
import { pageTokenRefused } from '../messenger.events.js';
import { MessengerIds, SealedUnderAnotherKey } from '../people/messenger-ids.js';
import { RepliesRepository, type HeldPerson, type ReplyToSend } from './replies.repository.js';

const { answerWithinMs, retriesMs } = messengerPolicy;

/** Sends a reply at most once: it is marked before, and settled behind. */
@Injectable()
export class ReplySender {
  private isTokenRefused = false;

  constructor(
    private readonly replies: RepliesRepository,
    private readonly channel: MessagingChannel,
    private readonly ids: MessengerIds,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {}

  /** False when nothing more may be done for the person now. @throws SealedUnderAnotherKey, what the database throws */
  async send(person: HeldPerson, reply: ReplyToSend): Promise<boolean> {
    const psid = this.ids.open(person.psidSealed, 'psid', person.pageId);
    const text = this.ids.open(reply.textSealed, 'text', person.pageId);
    // Another instance, or the same one with the right key, sends it.
    if (psid === null || text === null) throw new SealedUnderAnotherKey();
    const begun = await this.replies.begin(person, reply.id, answerWithinMs);
    if (begun !== 'begun') return begun !== 'gone';
    try {
      const mid = await this.channel.send({ psid, text, metadata: this.ids.markOf(reply.id) });
      await this.replies.settle(reply.id, 'sent', mid, null);
      this.isTokenRefused = false;
      return true;
    } catch (error) {
      if (!(error instanceof SendFailed)) throw error;
      return this.fail(reply, error);
    }
  }

  /** Said once, until it is taken again. */
  private onTokenRefused(): void {
    if (!this.isTokenRefused) pageTokenRefused(this.events);
    this.isTokenRefused = true;
  }

  private async fail({ id, attempts }: ReplyToSend, { failure, code }: SendFailed): Promise<boolean> {
    this.log.warn('a reply was not sent', { reply_id: id, failure, code });
    if (failure === 'token') this.onTokenRefused();
    const retryMs = retriesMs[attempts];
    if (failure === 'refused' || (failure !== 'unknown' && retryMs === undefined)) {
      await this.replies.settle(id, 'failed', null, code);
      return true;
    }
    if (failure === 'unknown' || retryMs === undefined) {
      await this.replies.settle(id, 'unknown', null, code);
      return true;
    }
    await this.replies.retry(id, retryMs, code);
    return false;
  }
}
