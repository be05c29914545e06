const kilobyte = 1024;
const megabyte = 1024 * kilobyte;

/** Uploads of files. Bytes, milliseconds, seconds, counts. */
export const uploadPolicy = {
  /** Received, judged and scanned at once on one instance: so many temporary files of at most MAX_FILE_SIZE. */
  atOnce: 8,
  perAccount: 4,
  /** From the last byte to the answer: judging, scanning, storing. */
  finishMs: 180_000,
  nameCharacters: 255,
  /** First bytes by which a file is identified. */
  headBytes: 64 * kilobyte,
  /** Pictures are decoded from memory. */
  pictureBytes: 32 * megabyte,
  /**
   * What compressed parts may expand to, each and together: below MaxFileSize (25 MB) and MaxScanSize (100 MB) of clamd as Debian
   * configures it, because clamd passes over what exceeds them in an archive.
   */
  expanded: { partBytes: 24 * megabyte, bytes: 90 * megabyte },
  /** Entries of an archive, and compressed streams of a PDF. */
  parts: 10_000,
  /** Of the texts and profiles of a PNG, together. */
  pngTextBytes: 4 * megabyte,
  /** Compressed texts and profiles that are looked at in one. */
  pngTexts: 100,
} as const;

/** Least speed of the sender of a body. Milliseconds, bytes. */
export const uploadPacePolicy = {
  /** Of waiting for the sender, in which so many bytes have to come: 4 KB a second, in a request that has 30 s. */
  windowMs: 5000,
  leastBytes: 20 * kilobyte,
  /** For so long whoever was too slow gets none of the places that are left once half of them are taken. */
  heldBackMs: 60_000,
  /** Accounts that are remembered as too slow. */
  remembered: 10_000,
} as const;

/** Files that were taken while the scanner was away: seconds, milliseconds. */
export const quarantinePolicy = {
  /** Between two looks at whether they can be scanned. */
  everySeconds: 30,
  /** Until a file is tried again that the scanner did not answer for. */
  retrySeconds: 60,
  /** For one file. */
  scanMs: 120_000,
} as const;

/** Uploads in several requests. Seconds, bytes, counts. */
export const resumablePolicy = {
  lifetimeSeconds: 24 * 3600,
  /** Of a part, which is held in memory until it is stored: with `atOnce`, 32 MB on an instance. */
  partBytes: 4 * megabyte,
  /** Of one upload: those of the largest file, and as many that were cut off. */
  parts: 1000,
  /** Unfinished ones of one person. */
  perAccount: 10,
  metadataCharacters: 4096,
  /** Seconds between two sweeps of expired ones, and uploads of one batch. */
  sweep: { everySeconds: 600, batch: 100 },
} as const;
