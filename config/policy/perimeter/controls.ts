/** The audit of what must be true of a deployment. */
export const controlsPolicy = {
  /** After so many days the next audit is due. */
  auditEveryDays: 90,
  /** What the service shows of itself is looked at anew after this time. Milliseconds. */
  lookedAtEveryMs: 60_000,
  /** A model is asked so often at most, because an answer costs money. Milliseconds. */
  pingEveryMs: 900_000,
  /** How long a line of an audit may be on its way to where the log is collected, and between two looks for it. Milliseconds. */
  logSearch: { lateMs: 60_000, askAgainMs: 2000 } as { readonly lateMs: number; readonly askAgainMs: number },
  /** Lines that a recorded audit may count: those of the documents and standards, several times over. */
  mostLines: 10_000,
} as const;
