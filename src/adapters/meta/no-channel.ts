import { MessagingChannel, SendFailed, type PagePerson } from '../../ports/delivery/messaging-channel.js';

/** Where no page is configured nothing is sent, and nothing is said to be: what still waits ends as refused. */
export class NoChannel extends MessagingChannel {
  send(): Promise<never> {
    return Promise.reject(new SendFailed('refused', null));
  }

  idsAtPages(): Promise<readonly PagePerson[]> {
    return Promise.reject(new SendFailed('refused', null));
  }

  showTyping(): Promise<void> {
    return Promise.resolve();
  }
}
