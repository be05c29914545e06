/** One event as it is exported. */
export interface SiemRecord {
  /** Of the event, the same at each delivery. */
  readonly id: string;
  readonly name: string;
  readonly level: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  readonly at: Date;
  /** The process that recorded it; null where it is unknown. */
  readonly instance: string | null;
  /** One JSON object in one line (OCSF). */
  readonly json: string;
}

/** Events in the order in which they were stored. */
export interface SiemBatch {
  /** Names the batch: letters, digits and hyphens. */
  readonly id: string;
  readonly records: readonly SiemRecord[];
}

/** The receiver refused what it was given, and not who gave it or when: the same comes to the same. Without the address. */
export class SiemRefused extends Error {
  override readonly name = 'SiemRefused';
  constructor(
    /** Of HTTP. */
    readonly status: number,
  ) {
    super(`the SIEM answered ${status}`);
  }
}

/** Where security events are exported to. */
export abstract class SiemReceiver {
  /** False: nothing is exported. */
  abstract readonly isConfigured: boolean;
  /**
   * Resolves once the receiver has taken every event; rejects otherwise, within fifteen seconds. What was rejected may have been
   * taken all the same. @throws SiemRefused; any other Error without the address in its message
   */
  abstract deliver(batch: SiemBatch, signal: AbortSignal): Promise<void>;
}
