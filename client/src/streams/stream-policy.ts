/** Of event streams: milliseconds, characters, counts. */
export interface StreamPolicy {
  /** Until the answer to a connection begins. */
  readonly answerMs: number;
  /** A connection on which nothing comes for so long is lost: the service sends something every 15 seconds. */
  readonly silenceMs: number;
  /** Before the first reconnect, until the stream says otherwise; doubled with every failure in a row. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** Connections in a row that bring nothing, before the last failure is the caller's. */
  readonly failures: number;
  readonly eventLength: number;
}

export const streamPolicy: StreamPolicy = {
  answerMs: 30_000,
  silenceMs: 60_000,
  firstDelayMs: 1000,
  longestDelayMs: 30_000,
  failures: 10,
  eventLength: 1 << 20,
};
