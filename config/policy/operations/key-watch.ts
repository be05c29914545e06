const hour = 3_600_000;

/** The watch over keys and tokens. Days, milliseconds. */
export const keyWatchPolicy = {
  /** Days until an end, from which on it is critical, a warning, a notice. */
  criticalDays: 3,
  warningDays: 7,
  noticeDays: 30,
  /** A key in use for longer is a notice. */
  keyDays: 90,
  /** Between two looks whether it is time to ask Meta, which all instances together do once in `askEveryMs`. */
  lookEveryMs: 2000,
  /** The same without a page: only keys are looked at then, once an hour, and nobody waits for it. */
  withoutPageLookEveryMs: 60_000,
  askEveryMs: hour,
  /** How often an instance says that its keys are in use: well within `overlapMs`. */
  renewEveryMs: hour / 4,
  /** Longest round of questions to Meta. */
  askTimeoutMs: 20_000,
  /** Another fingerprint than the last is no rotation if it was seen within this time: instances of two versions run side by side. */
  overlapMs: hour,
} as const;
