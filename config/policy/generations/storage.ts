/** Seconds for which a link to a file may be asked for. */
export const fileLinkSeconds = { min: 60, max: 86_400 } as const;

/** Sweeps, each by one instance at a time: seconds, counts. */
export const sweepPolicy = {
  /** Between two looks of an instance whether a turn is due, on average. */
  lookEverySeconds: 10,
  /** Whoever sweeps says so this often, and is taken for dead after the lease. */
  leaseSeconds: 60,
  renewEverySeconds: 15,
  /** Turns come earlier or later by up to this share. */
  jitter: 0.1,
} as const;

/** Files whose time is over: seconds between turns, rows of one transaction's search. */
export const expiredFilesPolicy = { everySeconds: 600, batch: 100 } as const;

/** Objects that no row speaks of. */
export const orphanedObjectsPolicy = {
  everySeconds: 6 * 3600,
  folders: ['generations', 'references'],
  /** What is younger may belong to a row that is about to be written. */
  ageSeconds: 24 * 3600,
  /** Keys that are in memory, and asked about in one query. */
  batch: 500,
  /** Of one turn: should the database be another one's, somebody notices before everything is gone. */
  removedAtMost: 10_000,
} as const;
