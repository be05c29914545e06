/** Access tokens: claims fixed for all, seconds. */
export const accessTokenPolicy = {
  issuer: 'velro',
  audience: 'velro-api',
  lifetimeSeconds: 15 * 60,
  /** How far the clocks of instances may differ. */
  leewaySeconds: 5,
  /** Longest accepted token in characters; ours have about 600. */
  maxLength: 2048,
  /** Entries of the cache of verified tokens, about 15 MB. */
  verifiedAtMost: 10_000,
} as const;

/** Sessions: seconds. */
export const sessionPolicy = {
  /** Idle timeout of a session. */
  idleSeconds: 14 * 24 * 3600,
  /** Absolute lifetime of a session. */
  absoluteSeconds: 60 * 24 * 3600,
  /** Grace time after the first use of its successor in which a refresh token still works: two tabs, one storage. */
  reuseGraceSeconds: 10,
  /** Retention of ended sessions, so that their tokens are recognised. */
  keepEndedSeconds: 24 * 3600,
  /** Living sessions per account; the least recently used one ends for a new one. */
  perUser: 50,
} as const;

/** First uses of access tokens: milliseconds until they are written, how many may wait, how many one statement takes. */
export const tokenUsePolicy = { writeAfterMs: 300, maxWaiting: 10_000, batch: 500 } as const;

/** The identity provider: seconds, counts. */
export const identityPolicy = {
  /** How long an account stays usable by refresh while the provider does not answer. */
  unseenSeconds: 24 * 3600,
  /** How often its appearance is written. */
  noteSeenEverySeconds: 3600,
  /** Sign-outs there that may run at once; beyond them sessions are left to expire. */
  maxSignOuts: 100,
} as const;

/** Purge of ended sessions: seconds between runs, rows per statement. */
export const sessionPurgePolicy = { everySeconds: 600, batch: 1000 } as const;

/** Tokens of visitors of a site. */
export const visitorTokenPolicy = {
  prefix: 'visitor_',
  maxLength: 1024,
  lifetimeSeconds: 900,
  /** A visitor that is not seen for so long is deleted with its conversations. */
  keepDays: 30,
  purgeEverySeconds: 3600,
  /** Each with up to fifty conversations of two hundred messages, within the time of a statement. */
  purgeBatch: 10,
} as const;
