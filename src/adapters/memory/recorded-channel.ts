import {
  MessagingChannel,
  type OutgoingMessage,
  type PagePerson,
} from '../../ports/delivery/messaging-channel.js';

/** Where no page is configured, what would be sent is kept for a moment, and goes nowhere. */
export class RecordedChannel extends MessagingChannel {
  /** The latest ones, oldest first. */
  readonly sent: OutgoingMessage[] = [];
  private count = 0;

  constructor(private readonly kept = 100) {
    super();
  }

  send(message: OutgoingMessage): Promise<string> {
    this.sent.push(message);
    if (this.sent.length > this.kept) this.sent.shift();
    return Promise.resolve(`recorded-${++this.count}`);
  }

  idsAtPages(): Promise<readonly PagePerson[]> {
    return Promise.resolve([]);
  }

  showTyping(): Promise<void> {
    return Promise.resolve();
  }
}
