export interface Mail {
  /** The same at each retry, for the message id: a receiver may drop repetitions. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
}

/** Sends mails of the service itself; those with links of the identity provider are sent by the provider. */
export abstract class Mailer {
  abstract readonly isConfigured: boolean;
  /** Resolves once the mail server has accepted it, within ten seconds. @throws Error without an address in its message */
  abstract send(mail: Mail, signal: AbortSignal): Promise<void>;
  /** Closes the connections; a mail that is being sent fails. */
  abstract close(): Promise<void>;
}
