import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { isUuid } from '../../../crypto/uuid.js';
import { Clock } from '../../../ports/clock.js';
import { Random } from '../../../ports/random.js';
import { redact } from '../../../redaction/redactor.js';
import { MessengerIds } from '../people/messenger-ids.js';
import { asksForDeletion } from './deletion-phrase.js';
import {
  InboxRepository,
  type OwnEcho,
  type StoredEcho,
  type StoredPerson,
  type TakenMessages,
} from './inbox.repository.js';
import type { PageEcho, PageMessage } from './page-update.js';

/** Stores what people and pages wrote: ids hashed and sealed, texts redacted and sealed. */
@Injectable()
export class MessengerInbox {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'piiRedaction'>,
    private readonly ids: MessengerIds,
    private readonly inbox: InboxRepository,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** How many were new, and how many were of blocked people. */
  async takeMessages(messages: readonly PageMessage[]): Promise<TakenMessages> {
    if (messages.length === 0) return { taken: 0, refused: 0 };
    const now = this.clock.now();
    return this.inbox.takeMessages(
      messages.map(({ pageId, psid, mid, kind, text, sentAt }) => {
        const kept = text === null || !this.config.piiRedaction ? text : redact(text);
        return {
          ...this.personOf(pageId, psid),
          mid: mid ?? this.midOf(pageId, psid, sentAt),
          kind,
          asksDeletion: text !== null && asksForDeletion(text),
          textSealed: kept === null ? null : this.ids.seal(kept, 'text', pageId),
          // Nobody writes in the future.
          sentAt: new Date(Math.min(sentAt ?? now, now)),
        };
      }),
    );
  }

  /** How many people a human of the page took over with these. */
  async takeEchoes(echoes: readonly PageEcho[]): Promise<number> {
    const now = this.clock.now();
    const ours: OwnEcho[] = [];
    const others: StoredEcho[] = [];
    for (const { pageId, psid, mid, metadata, sentAt } of echoes) {
      const replyId = this.ids.markedBy(metadata);
      if (replyId !== null) ours.push({ replyId, mid });
      else
        others.push({
          ...this.personOf(pageId, psid),
          mid,
          // Sent by an earlier version, whose metadata is the id alone.
          replyId: isUuid(metadata) ? metadata : null,
          sentAt: sentAt === null ? null : new Date(Math.min(sentAt, now)),
        });
    }
    // Of whoever is forgotten meanwhile, nothing is stored by the echo of the last reply.
    if (ours.length > 0) await this.inbox.takeOwnEchoes(ours);
    return others.length === 0 ? 0 : (await this.inbox.takeEchoes(others)).length;
  }

  /** Of what has no id: person and time are one. */
  private midOf(pageId: string, psid: string, sentAt: number | null): string {
    return `postback:${this.ids.hashOf(pageId, `${psid}:${String(sentAt)}`).toString('hex')}`;
  }

  private personOf(pageId: string, psid: string): StoredPerson {
    return {
      personId: this.random.timeOrderedUuid(),
      pageId,
      psidHash: this.ids.hashOf(pageId, psid),
      earlierHash: this.ids.earlierHashOf(pageId, psid),
      psidSealed: this.ids.seal(psid, 'psid', pageId),
    };
  }
}
