/** Reports that are due again and again, each with what a person reads it for. Days until the next is overdue: the period, and some for it. */
export const maintenancePolicy = {
  days: { weekly: 8, monthly: 32, quarterly: 93 },
  /** Of the window that a report looks at, and of the one before that it compares with. */
  windowDays: { weekly: 7, monthly: 30, quarterly: 90 },
  /** Rows that a report names; it says how many there are beyond them. */
  rows: 15,
  /** From so many on, and by so much more than in the window before, something rose. */
  riseFrom: 10,
  riseTimes: 2,
  /** Milliseconds for a statement of a report, for the answer of the service, and for the registry of packages. */
  statementMs: 60_000,
  answerMs: 15_000,
  registryMs: 60_000,
  /** Bytes of an answer of the service. */
  answerBytes: 16 * 1024 * 1024,
  /** Days that a certificate has left at least. */
  certificateDays: 14,
} as const;
export type Schedule = keyof typeof maintenancePolicy.days;
