/** Access tokens: claims fixed for all, seconds. */
export const accessTokenPolicy = {
  issuer: 'velro',
  audience: 'velro-api',
  lifetimeSeconds: 15 * 60,
  /** Longest token that is looked at, in characters; ours have about 600. */
  maxLength: 2048,
  /** Tokens that are remembered as verified, about 15 MB. */
  verifiedAtMost: 10_000,
} as const;

/** Sessions: seconds. */
export const sessionPolicy = {
  /** A session unused for this long is over. */
  idleSeconds: 14 * 24 * 3600,
  /** A session is over after this long, however busy. */
  absoluteSeconds: 60 * 24 * 3600,
  /** A refresh token whose successor has been used works for so long again: two tabs, one storage. */
  reuseGraceSeconds: 10,
  /** What is over is kept for so long, so that a token of it is recognised, and is then deleted. */
  keepEndedSeconds: 24 * 3600,
  /** Living sessions of one person; the least recently used one ends for a new one. */
  perUser: 50,
} as const;

/** How often sessions that are long over are deleted, and how many in one statement. */
export const sessionPurgePolicy = { everySeconds: 600, batch: 1000 } as const;
