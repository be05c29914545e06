/** Calls of clamd. Milliseconds and bytes. */
export const scannerPolicy = {
  port: 3310,
  connectMs: 2000,
  /** Without progress, and from the connection to the verdict. */
  silenceMs: 15_000,
  wholeMs: 120_000,
  /** Of one chunk of INSTREAM. */
  chunkBytes: 64 * 1024,
  /** A verdict is a line; a longer one is none. */
  answerBytes: 4096,
} as const;
