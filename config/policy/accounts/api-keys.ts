/** API keys: counts, seconds. */
export const apiKeyPolicy = {
  /** What every key begins with, so that people and scanners of leaked secrets know one when they see it. */
  textPrefix: 'velro_',
  /** 256 bits: nobody guesses them, so a plain hash is enough to store. */
  secretBytes: 32,
  /** Characters of the secret that are shown for telling keys apart; 208 bits stay unknown. */
  shownCharacters: 8,
  /** Living keys of one person. */
  perUser: 20,
  /** So many dead ones of a person are remembered, so that whoever still holds one is recognised. */
  deadPerUser: 20,
  maxDays: 365,
  defaultDays: 90,
  /** For so long the old text works after a rotation. */
  maxOverlapSeconds: 7 * 24 * 3600,
  defaultOverlapSeconds: 24 * 3600,
  maxAddresses: 20,
  /** When a key was last used is known to the minute. */
  noteUseEverySeconds: 60,
  /** Notes of uses that are under way at once on one instance; what is beyond waits for the next request. */
  maxNotesAtOnce: 4,
} as const;
