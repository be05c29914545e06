/** Beyond, no time is meant: the year 5138. */
const latestSeconds = 100_000_000_000;

/** The time of seconds since the epoch, which begin after it; null for anything else. */
export const dateOfSeconds = (seconds: unknown): Date | null =>
  typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds > 0 && seconds < latestSeconds
    ? new Date(seconds * 1000)
    : null;
