/** Export of security events to a SIEM: milliseconds, counts, bytes. */
export interface SiemLimits {
  /** Between two looks for events, where there were none. */
  readonly lookEveryMs: number;
  /** Events of one delivery; after failures half as many, again and again, down to one. */
  readonly batch: number;
  /** Of the JSON of one delivery, unless a single event is longer. */
  readonly batchBytes: number;
  /** From the connection to the answer. Less than the lease. */
  readonly sendTimeoutMs: number;
  /** For so long an instance that stopped answering keeps the export from the others. */
  readonly leaseMs: number;
  /** After the first failure; doubled by each further one in a row. */
  readonly retryMs: number;
  readonly retryAtMostMs: number;
  /** Failures in a row after which an event says so, and another one when it goes on. */
  readonly failuresOfOutage: number;
  /** Events in a row that are put aside because they are refused; then it is not the events that are at fault. */
  readonly refusedInRow: number;
  /** The lag is read so often at most, and events are counted up to so many. */
  readonly lagEveryMs: number;
  readonly countedAtMost: number;
  /** Between two log lines about a database that is away. */
  readonly troubleEveryMs: number;
}

export const siemLimits: SiemLimits = {
  lookEveryMs: 1000,
  batch: 500,
  batchBytes: 512 * 1024,
  sendTimeoutMs: 15_000,
  leaseMs: 60_000,
  retryMs: 1000,
  retryAtMostMs: 60_000,
  failuresOfOutage: 5,
  refusedInRow: 10,
  lagEveryMs: 10_000,
  countedAtMost: 100_000,
  troubleEveryMs: 10_000,
};

/** Statuses by which a receiver refuses what it was given: malformed, too large, not to be processed. */
export const siemRefusals: ReadonlySet<number> = new Set([400, 413, 422]);

/** Syslog over TLS (RFC 5425). */
export const syslogPolicy = {
  port: 6514,
  /** Milliseconds between the last octet and our end of the connection: longer than a round trip. */
  settleMs: 500,
} as const;
