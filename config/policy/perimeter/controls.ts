/** The audit of what must be true of a deployment. */
export const controlsPolicy = {
  /** After so many days the next audit is due. */
  auditEveryDays: 90,
  /** What the service shows of itself is looked at anew after this time. Milliseconds. */
  lookedAtEveryMs: 60_000,
  /** A model is asked so often at most, because an answer costs money. Milliseconds. */
  pingEveryMs: 900_000,
  /** Lines that a recorded audit may count: those of the documents and standards, several times over. */
  mostLines: 10_000,
} as const;
