/** Access lines: milliseconds, characters, counts. */
export const accessLogPolicy = {
  /** Buffered lines are written so often, or when they are so long: a kill loses no more. */
  flushEveryMs: 25,
  bufferCharacters: 16_384,
  /** Detailed lines in a minute, of all subjects together; requests beyond have their plain line. */
  detailsPerMinute: 1200,
  /** Of each header in a detailed line. */
  headerCharacters: 200,
} as const;
