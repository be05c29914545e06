/** Exports of a person's data. Days, seconds, milliseconds, bytes and counts. */
export const dataExportPolicy = {
  perDay: 3,
  /** From its end on. */
  keepDays: 7,
  /** Of a link to a part. */
  linkSeconds: 900,
  /** A part ends behind the row or the file that reaches one of these; with a file more it is well below what the storage takes (512 MiB). */
  partBytes: 192 * 1024 * 1024,
  partRows: 20_000,
  partFiles: 2000,
  pageRows: 200,
  leaseMs: 60_000,
  renewEveryMs: 10_000,
  lookEveryMs: 1000,
  idleLookEveryMs: 10_000,
  atOnce: 1,
  retrySeconds: 15,
  retryAtMostSeconds: 1800,
  /** In a row; then it is given up, after about a day. */
  failuresAtMost: 50,
  purgeEverySeconds: 600,
  batch: 100,
} as const;
