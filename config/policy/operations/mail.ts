/** Mails of the service by SMTP: milliseconds, counts. */
export interface MailLimits {
  /** From the hand-over of a mail to the server's acceptance, whatever the server does meanwhile. */
  readonly sendTimeoutMs: number;
  /** Of one step: the connection, the greeting, silence within the conversation. */
  readonly stepTimeoutMs: number;
  /** Connections at one time; further mails wait for one, within their own time. */
  readonly connections: number;
  /** After so many mails a connection is replaced. */
  readonly mailsPerConnection: number;
  /** An unused connection is closed; sooner than its silence would end it as a failure. */
  readonly idleMs: number;
}

export const mailPolicy: MailLimits = {
  sendTimeoutMs: 10_000,
  stepTimeoutMs: 5000,
  connections: 3,
  mailsPerConnection: 100,
  idleMs: 4000,
};
