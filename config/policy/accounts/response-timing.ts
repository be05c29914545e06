/**
 * Responses that must not reveal whether an account exists are sent after a fixed delay; their work runs in the
 * background. Milliseconds, counts.
 */
export const responseTiming = {
  answerAfterMs: 250,
  /** From the answer until its work begins: by chance, so that how busy it makes the instance shows in no aimed request. */
  workAfter: { fromMs: 5, toMs: 500 },
  /** A refused sign-in is answered at a multiple of this after its arrival, so that its duration reveals nothing. */
  refuseEveryMs: 250,
  /** Queued work of one instance; beyond it, requests are refused without any work. */
  maxWaiting: 500,
  maxRunning: 4,
  /** Latest durations of each kind of decoy that are kept. */
  keptDurations: 64,
} as const;
