/** One message of a page to a person. */
export interface OutgoingMessage {
  readonly pageId: string;
  /** Page-scoped id of the person. */
  readonly psid: string;
  readonly text: string;
  /** Comes back in the echo. */
  readonly metadata: string;
}

/** A person at a page. */
export interface PagePerson {
  readonly pageId: string;
  readonly psid: string;
}

/**
 * Why a message was not sent. `token`: the page's token is not valid (any more); `rate`: too many calls, later perhaps; `unreached`: no
 * request was sent, or it was refused for the moment; `refused`: never; `unknown`: it may have been sent.
 */
export type SendFailure = 'token' | 'rate' | 'unreached' | 'refused' | 'unknown';

/** Without texts, ids and tokens. */
export class SendFailed extends Error {
  override readonly name = 'SendFailed';
  constructor(
    readonly failure: SendFailure,
    /** Of the Graph API; null where it gave none. */
    readonly code: number | null,
  ) {
    super(`not sent: ${failure}${code === null ? '' : ` ${code}`}`);
  }
}

/** Where the messages of a page are sent. */
export abstract class MessagingChannel {
  /** Sends once, within a time of its own: whoever stops in between would not know whether it was sent. Returns the id of the message. @throws SendFailed */
  abstract send(message: OutgoingMessage): Promise<string>;
  /** Who somebody is at our pages that the app knows by another id; nobody where Meta knows of none. @throws SendFailed */
  abstract idsAtPages(appUserId: string, signal: AbortSignal): Promise<readonly PagePerson[]>;
  /** Shows that an answer is being written; failures are nobody's matter. */
  abstract showTyping(psid: string, signal: AbortSignal): Promise<void>;
}
