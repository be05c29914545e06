/** What is told to whoever watches: fixed fields, no secret and no address of a person. */
export interface AlertMessage {
  /** Stays the same over retries, so that the receiver can tell them. */
  readonly id: string;
  readonly body: string;
}

/** Whom alerts go to. */
export abstract class AlertReceiver {
  /** False: alerts go nowhere. */
  abstract readonly isConfigured: boolean;
  /** Resolves once the receiver has taken it; rejects within five seconds otherwise. */
  abstract deliver(message: AlertMessage, signal: AbortSignal): Promise<void>;
}
