import { randomUUID } from 'node:crypto';
import { messengerPolicy } from '../../../config/policy/assistants/messenger.js';
import {
  MessagingChannel,
  SendFailed,
  type OutgoingMessage,
  type PagePerson,
} from '../../ports/delivery/messaging-channel.js';
import { recordMessage } from './recorded-messages.js';

/** For the embedded default: what a page would send goes to files below `home`. */
export class RecorderChannel extends MessagingChannel {
  constructor(
    private readonly home: string,
    private readonly keep: number = messengerPolicy.recordedMessages,
  ) {
    super();
  }

  /** What came from a page of Meta, which is configured no more, is not said to be sent. */
  send({ pageId, psid, text, metadata }: OutgoingMessage): Promise<string> {
    if (pageId !== messengerPolicy.recordedPageId) return Promise.reject(new SendFailed('refused', null));
    const mid = `recorded_${randomUUID()}`;
    recordMessage(this.home, { mid, psid, text, metadata }, this.keep);
    return Promise.resolve(mid);
  }

  /** Nobody here knows whose id of an app it is. */
  idsAtPages(): Promise<readonly PagePerson[]> {
    return Promise.reject(new SendFailed('refused', null));
  }

  showTyping(): Promise<void> {
    return Promise.resolve();
  }
}
