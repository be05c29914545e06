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

/** Where security events are exported to. */
export abstract class SiemReceiver {
  /** False: nothing is exported. */
  abstract readonly isConfigured: boolean;
  /**
   * Resolves once the receiver has taken every event; rejects otherwise, within fifteen seconds. What was rejected may have been
   * taken all the same. @throws Error without the address in its message
   */
  abstract deliver(batch: SiemBatch, signal: AbortSignal): Promise<void>;
}
