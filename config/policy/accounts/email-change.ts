/** Changes of an account's e-mail address: seconds, rows per statement. */
export const emailChangePolicy = {
  /** How long the link of the mail works. */
  linkSeconds: 3600,
  purgeEverySeconds: 3600,
  batch: 1000,
} as const;
