/** The audit log. */
export const auditPolicy = {
  /** Chains, from 0: as many as the migration makes. */
  streams: 64,
  /** Keys of accounts that an instance keeps at hand, 32 bytes each. */
  subjectKeys: 20_000,
  /** Entries that a verification reads at one time, and faults that it lists. */
  verifyBatch: 2000,
  verifyFaults: 1000,
  verifyCheckpoints: 200,
  /** Milliseconds after which one request verifies no further stream. */
  verifyRequestMs: 8000,
  /** Entries of one statement of an export. */
  exportBatch: 500,
  /** Milliseconds that an export may take to be read. */
  exportSendMs: 600_000,
  /** While AUDIT_ENC_KEY is rotated: milliseconds between two passes, longer than instances of two versions run beside each other, and keys of
   * one statement. */
  rekeyEveryMs: 15 * 60_000,
  rekeyBatch: 500,
  /** Milliseconds between two checkpoints, between two looks whether it is time on one instance, and for which one is shown from memory. */
  checkpointEveryMs: 3600_000,
  checkpointLookMs: 300_000,
  checkpointShownMs: 5000,
  /** Milliseconds until the configuration of a start is tried to be written again. */
  configurationAgainMs: 10_000,
  /** Retention: seconds between two runs, and entries of one statement. */
  trimEverySeconds: 3600,
  trimBatch: 1000,
} as const;
