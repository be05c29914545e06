/** Access tokens: claims fixed for all, seconds. */
export const accessTokenPolicy = {
  issuer: 'velro',
  audience: 'velro-api',
  lifetimeSeconds: 15 * 60,
  /** Longest token that is looked at, in characters; ours have about 600. */
  maxLength: 2048,
} as const;

/** Sessions: seconds. */
export const sessionPolicy = {
  /** A session unused for this long is over. */
  idleSeconds: 14 * 24 * 3600,
  /** A session is over after this long, however busy. */
  absoluteSeconds: 60 * 24 * 3600,
} as const;
