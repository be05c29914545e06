/** Telling a monitor elsewhere that the service is healthy. Milliseconds. */
export const healthPingPolicy = {
  everyMs: 60_000,
  answerMs: 10_000,
  /** A success that is older is none: several in a row did not arrive. */
  staleMs: 300_000,
} as const;
