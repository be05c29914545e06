/** What a look at hostile text may cost. Beyond a bound the beginning and the end are read: a tail is where payloads are appended. */
export const detectionLimits = {
  /** Characters of one text that are read: so many of its beginning, so many of its end. */
  headChars: 49_152,
  tailChars: 16_384,
  /** Times that a text is decoded again: %2527 is a quote after two. */
  decodings: 3,
  /** Values and characters of one body or query. */
  values: 5_000,
  totalChars: 262_144,
  depth: 32,
} as const;
