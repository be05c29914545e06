/** An alert for the security team: fixed fields, no secret and no e-mail address. */
export interface AlertMessage {
  /** The same for all retries, so that the receiver can deduplicate. */
  readonly id: string;
  readonly body: string;
}

/** The receiver of alerts. */
export abstract class AlertReceiver {
  /** False: alerts are not sent. */
  abstract readonly isConfigured: boolean;
  /** Resolves once the receiver has accepted it; rejects within five seconds otherwise. */
  abstract deliver(message: AlertMessage, signal: AbortSignal): Promise<void>;
}
