/** Allowed lifetimes of a link to a file in seconds. */
export const fileLinkSeconds = { min: 60, max: 86_400 } as const;

/** Media of the embedded default: seconds for which a browser may keep an object, if its link is good for so long. */
export const mediaCachedSeconds = 300;

/** Sweeps, each by one instance at a time: seconds, counts. */
export const sweepPolicy = {
  /** Average interval at which an instance checks whether a run is due. */
  lookEverySeconds: 10,
  /** The lease of a run, and the interval of its renewal. */
  leaseSeconds: 60,
  renewEverySeconds: 15,
  /** Runs are earlier or later by up to this share. */
  jitter: 0.1,
} as const;

/** Expired files: seconds between runs, rows per transaction. */
export const expiredFilesPolicy = { everySeconds: 600, batch: 100 } as const;

/** Whether the storage takes objects: milliseconds, bytes. */
export const storageHealthPolicy = {
  /** Between two looks, and between two trials while it takes none. */
  lookEveryMs: 5000,
  trialBytes: 65_536,
  /** With less the disk of the embedded default counts as full: the database beside needs 16 MB for its next log file. */
  freeBytesAtLeast: 32 * 1024 * 1024,
} as const;

/** Drafts of uploads: seconds between runs, and the age of an abandoned one. That is longer than any upload takes. */
export const abandonedDraftsPolicy = { everySeconds: 3600, ageSeconds: 24 * 3600 } as const;

/** Objects without a row. */
export const orphanedObjectsPolicy = {
  everySeconds: 6 * 3600,
  folders: ['generations', 'references', 'uploads', 'exports'],
  /** A younger object may belong to a row that is not committed yet. */
  ageSeconds: 24 * 3600,
  /** Keys in memory, and per query. */
  batch: 500,
  /** Per run: with a wrong database configured, this limits the loss until it is noticed. */
  removedAtMost: 10_000,
} as const;
