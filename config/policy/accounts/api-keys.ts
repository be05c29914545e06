/** API keys: counts, seconds. */
export const apiKeyPolicy = {
  /** Prefix of every key, by which people and secret scanners recognise one. */
  textPrefix: 'velro_',
  /** 256 bits: brute force is infeasible, so an unsalted hash suffices for storage. */
  secretBytes: 32,
  /** Characters of the secret that are shown to identify a key; 208 bits stay unknown. */
  shownCharacters: 8,
  /** Valid keys per account. */
  perUser: 20,
  /** Revoked and expired keys kept per account, so that their use is recognised. */
  deadPerUser: 20,
  maxDays: 365,
  defaultDays: 90,
  /** Longest time for which the old text stays valid after a rotation. */
  maxOverlapSeconds: 7 * 24 * 3600,
  defaultOverlapSeconds: 24 * 3600,
  maxAddresses: 20,
  /** Models that a key may be limited to. */
  maxModels: 50,
  modelIdCharacters: 200,
  /** The highest caps that can be set: credits a month, micro-dollars. */
  maxCredits: 1_000_000_000,
  maxMicroUsd: 1_000_000_000_000,
  /** Resolution of the time of last use. */
  noteUseEverySeconds: 60,
  /** Parallel writes of last use per instance; beyond, the next request writes it. */
  maxNotesAtOnce: 4,
} as const;
