/**
 * Bounds of the inspection of a text. Of a longer one the beginning and the end are read: payloads are appended at the
 * end.
 */
export const detectionLimits = {
  /** Characters of one text that are read, at its beginning and at its end. */
  headChars: 49_152,
  tailChars: 16_384,
  /** Repeated decodings of a text: %2527 is a quote after two. */
  decodings: 3,
  /** Values and characters of one request. */
  values: 5_000,
  totalChars: 262_144,
  depth: 32,
  /** Names and values of one query, and segments of one path. */
  targetParts: 256,
  /**
   * Work for one request, in units of about a nanosecond: what every request gets, what each character that is read
   * adds, and the most of both. What they do not pay for is recorded as unjudged.
   */
  workUnits: 48_000,
  workUnitsPerChar: 36,
  mostWorkUnits: 1_450_000,
  /** One tokeniser may use one part in so many of what is left, on one view of a text. */
  lookShare: 2,
} as const;
