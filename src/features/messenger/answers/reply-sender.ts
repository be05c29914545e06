import { Injectable } from '@nestjs/common';
import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { MessagingChannel, SendFailed } from '../../../ports/delivery/messaging-channel.js';
import { pageTokenRefused } from '../messenger.events.js';
import { MessengerIds } from '../people/messenger-ids.js';
import { RepliesRepository, type HeldPerson, type ReplyToSend } from './replies.repository.js';

const { answerWithinMs, retriesMs } = messengerPolicy;

/** Sends a reply at most once: it is marked before, and settled behind. */
@Injectable()
export class ReplySender {
  constructor(
    private readonly replies: RepliesRepository,
    private readonly channel: MessagingChannel,
    private readonly ids: MessengerIds,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {}

  /** False when nothing more may be done for the person now. @throws what the database throws */
  async send(person: HeldPerson, reply: ReplyToSend): Promise<boolean> {
    const psid = this.ids.open(person.psidSealed, 'psid', person.pageId);
    const text = this.ids.open(reply.textSealed, 'text', person.pageId);
    const begun = await this.replies.begin(person, reply.id, answerWithinMs);
    if (begun !== 'begun') return begun === 'expired';
    if (psid === null || text === null) {
      await this.replies.settle(reply.id, 'failed', null, null);
      this.log.error('a reply cannot be opened: its key is another one', { reply_id: reply.id });
      return true;
    }
    try {
      const mid = await this.channel.send({ psid, text, metadata: reply.id });
      await this.replies.settle(reply.id, 'sent', mid, null);
      return true;
    } catch (error) {
      if (!(error instanceof SendFailed)) throw error;
      return this.fail(reply, error);
    }
  }

  private async fail({ id, attempts }: ReplyToSend, { failure, code }: SendFailed): Promise<boolean> {
    this.log.warn('a reply was not sent', { reply_id: id, failure, code });
    if (failure === 'token') pageTokenRefused(this.events);
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
