/** The audit log. */
export const auditPolicy = {
  /** Chains, from 0: as many as the migration makes. */
  streams: 64,
  /** Keys of accounts that an instance keeps at hand, 32 bytes each. */
  subjectKeys: 20_000,
  /** Entries that a verification reads at one time, and faults that it lists. */
  verifyBatch: 2000,
  verifyFaults: 1000,
  /** While AUDIT_ENC_KEY is rotated: milliseconds between two passes, longer than instances of two versions run beside each other, and keys of
   * one statement. */
  rekeyEveryMs: 15 * 60_000,
  rekeyBatch: 500,
} as const;
