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
  /** Values and characters of one body or query. */
  values: 5_000,
  totalChars: 262_144,
  depth: 32,
} as const;
