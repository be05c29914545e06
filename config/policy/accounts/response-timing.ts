/**
 * Answers that must not tell whether an account exists come after a fixed time, and their work is done afterwards.
 * Milliseconds, counts.
 */
export const responseTiming = {
  answerAfterMs: 250,
  /** A refused sign-in is answered at a whole multiple of this after it came: what it cost is not seen. */
  refuseEveryMs: 250,
  /** Work under way or waiting in one instance; beyond, the request is refused before it costs anything. */
  maxWaiting: 500,
  maxRunning: 4,
} as const;
