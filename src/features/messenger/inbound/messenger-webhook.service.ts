import { Injectable } from '@nestjs/common';
import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { decodeUtf8 } from '../../../../config/values/utf8.js';
import { Problem } from '../../../errors/problem.js';
import type { ClientContext } from '../../../network/client-context.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { webhookRefused } from '../../../observability/webhook.events.js';
import { parseJson } from '../../../perimeter/http/json-body.js';
import { WorkHints } from '../../../tasks/work-hints.js';
import { batchUnreadable } from '../messenger.events.js';
import { MessengerInbox } from './messenger-inbox.js';
import { MessengerSignature } from './messenger-signature.js';
import { readUpdate, type PageUpdate } from './page-update.js';

const { verifyTokenCharacters, challengeDigits } = messengerPolicy;
const challengePattern = new RegExp(`^\\d{1,${challengeDigits}}$`, 'u');

/** What Meta delivers for a page: stored, then acknowledged, then worked on. */
@Injectable()
export class MessengerWebhook {
  constructor(
    private readonly signature: MessengerSignature,
    private readonly inbox: MessengerInbox,
    private readonly work: WorkHints,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {}

  /** Nothing of a body is read before its signature holds. @throws Problem `signature_missing`, `signature_invalid` */
  verify(signature: string | null, body: Uint8Array | null, client: ClientContext): void {
    const verdict = this.signature.verdictOf(signature, body);
    if (verdict === 'valid') return;
    webhookRefused(this.events, client, 'messenger', verdict);
    throw new Problem(verdict === 'missing' ? 'signature_missing' : 'signature_invalid');
  }

  /**
   * What confirms a subscription to Meta: the challenge; null for one that is not ours. Digits alone, so that nothing of what somebody sends
   * is shown as a page of ours.
   */
  confirm(mode: unknown, token: unknown, challenge: unknown): string | null {
    if (mode !== 'subscribe' || typeof token !== 'string' || typeof challenge !== 'string') return null;
    if (token.length > verifyTokenCharacters || !challengePattern.test(challenge)) return null;
    return this.signature.isVerifyToken(token) ? challenge : null;
  }

  /** Stores a batch whose signature holds. @throws Problem `json_invalid`, `json_too_complex`; what the database throws */
  async receive(body: Uint8Array, client: ClientContext): Promise<void> {
    const update = this.read(body, client);
    const { taken, refused } = await this.inbox.takeMessages(update.messages);
    const takenOver = await this.inbox.takeEchoes(update.echoes);
    this.log.info('a batch of Messenger was received', {
      taken,
      duplicates: update.messages.length - taken - refused,
      refused,
      taken_over: takenOver,
      ...update.passedOver,
    });
    if (taken > 0) this.work.tell('messages');
  }

  private read(body: Uint8Array, client: ClientContext): PageUpdate {
    try {
      const { batchValues: values, batchDepth: depth } = messengerPolicy;
      // One message with a text that cannot be kept must not refuse those of a thousand others, again and again.
      const limits = { values, depth, anyText: true };
      return readUpdate(parseJson(decodeUtf8(Buffer.from(body)) ?? '', limits));
    } catch (error) {
      if (error instanceof Problem) batchUnreadable(this.events, client, error.code);
      throw error;
    }
  }
}
