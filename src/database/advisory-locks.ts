/**
 * Numbers of advisory locks of the whole database, each for one purpose: whoever holds one makes everybody wait who uses the same number.
 * Locks by `hashtext` of a name of ours are apart from them.
 */
export const advisoryLocks = {
  /** Deploys that migrate come one after the other. */
  migration: 7_215_103,
  /** Who is an administrator is decided by one transaction after the other. */
  administration: 7_215_104,
  /** One restore or opening at a time. */
  restore: 7_215_105,
} as const;
