import { apiPrefix, probePaths } from './http.js';

/** Severity of an event, and threat level of an address or a user. */
export const threatLevels = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type ThreatLevel = (typeof threatLevels)[number];

/** Kinds of attack, which determine the response. */
export const attacks = [
  'brute_force_attack',
  'authentication_bypass',
  'rate_limit_violation',
  'malicious_input',
  'reconnaissance',
] as const;
export type Attack = (typeof attacks)[number];

/**
 * Weight of each signal in a score. `hard`: does not happen by accident. `soft`: never blocks alone, because legitimate
 * text may be about SQL, and programs reach limits. `attributedTo: 'caller'`: attributed to the signed-in user if there is
 * one; the others come from unauthenticated or untrusted clients.
 */
export const signals = {
  login_failed: { weight: 2, attack: 'brute_force_attack', kind: 'hard', attributedTo: 'address' },
  factor_failed: { weight: 3, attack: 'brute_force_attack', kind: 'hard', attributedTo: 'address' },
  operator_failed: { weight: 6, attack: 'brute_force_attack', kind: 'hard', attributedTo: 'address' },
  token_forged: { weight: 21, attack: 'authentication_bypass', kind: 'hard', attributedTo: 'address' },
  token_malformed: { weight: 3, attack: 'authentication_bypass', kind: 'hard', attributedTo: 'address' },
  // What honest clients send by mistake: an empty variable, another scheme or vendor, a clock ahead.
  token_accident: { weight: 1, attack: 'authentication_bypass', kind: 'soft', attributedTo: 'address' },
  // Signed with an unknown or removed key: open browser tabs send such tokens after an emergency rotation.
  token_foreign: { weight: 1, attack: 'authentication_bypass', kind: 'soft', attributedTo: 'address' },
  token_reused: { weight: 15, attack: 'authentication_bypass', kind: 'hard', attributedTo: 'address' },
  refresh_unknown: { weight: 1, attack: 'authentication_bypass', kind: 'soft', attributedTo: 'address' },
  key_unknown: { weight: 6, attack: 'authentication_bypass', kind: 'hard', attributedTo: 'address' },
  key_misplaced: { weight: 10, attack: 'authentication_bypass', kind: 'hard', attributedTo: 'address' },
  honeypot: { weight: 15, attack: 'reconnaissance', kind: 'hard', attributedTo: 'address' },
  attack_tool: { weight: 10, attack: 'reconnaissance', kind: 'hard', attributedTo: 'address' },
  role_refused: { weight: 3, attack: 'reconnaissance', kind: 'soft', attributedTo: 'caller' },
  not_found_flood: { weight: 10, attack: 'reconnaissance', kind: 'soft', attributedTo: 'caller' },
  cors_violation: { weight: 1, attack: 'reconnaissance', kind: 'soft', attributedTo: 'caller' },
  limit_exceeded: { weight: 1, attack: 'rate_limit_violation', kind: 'soft', attributedTo: 'caller' },
  malicious_text: { weight: 5, attack: 'malicious_input', kind: 'soft', attributedTo: 'caller' },
  // Its sender may not know of it; who sends one after the other does.
  malicious_file: { weight: 10, attack: 'malicious_input', kind: 'soft', attributedTo: 'caller' },
} as const satisfies Record<
  string,
  {
    readonly weight: number;
    readonly attack: Attack;
    readonly kind: 'hard' | 'soft';
    readonly attributedTo: 'address' | 'caller';
  }
>;
export type Signal = keyof typeof signals;

export const threatPolicy = {
  /** Refused credentials that are remembered, about 1 MB. */
  maxRefused: 10_000,
  /** Least scores of each level. CRITICAL also needs this much hard evidence. */
  thresholds: { MEDIUM: 10, HIGH: 30, CRITICAL: 60 },
  criticalNeedsHard: 30,
  /**
   * The share of a threshold below which its level counts as left. A score decays below its threshold within a millisecond, and the
   * next piece of evidence lifts it again: without a margin that would be a rise, and an alert, each time.
   */
  leftBelow: 0.9,
  /** A score halves in this time. */
  halfLifeSeconds: 600,
  /** Upper bound of a score, so that it decays in bounded time. */
  maxScore: 200,
  /** Addresses, users and pairs of both kept in memory, about 40 MB. */
  maxSubjects: 100_000,
  /** Latest signals kept to explain a score. */
  explainedBy: 20,
  /** The share of an adaptive limit that applies at each level. */
  limitShares: { LOW: 1, MEDIUM: 1, HIGH: 0.25, CRITICAL: 0.1 },
} as const satisfies {
  thresholds: Readonly<Record<Exclude<ThreatLevel, 'LOW'>, number>>;
  limitShares: Readonly<Record<ThreatLevel, number>>;
} & Record<string, unknown>;

/** Threat scores that all instances share. Milliseconds, seconds and counts. */
export const sharedScorePolicy = {
  /** Least time between two publications of evidence. */
  publishEveryMs: 50,
  /** Between two looks at what other instances announced. */
  readEveryMs: 1000,
  announcedSeconds: 5,
  /** Subjects read in one look. */
  announced: 1000,
  /** Subjects that wait to be published; of more, the evidence stays on its instance. */
  pending: 10_000,
  /** Subjects of one publication. */
  batch: 200,
  /** Signals of one subject named in a publication, which explain a score. */
  recent: 20,
  /** A score that nothing was added to for so long has decayed. */
  lifetimeSeconds: 3600,
  purgeEveryMs: 60_000,
  purgeBatch: 5000,
  /** Longest wait for Redis. */
  answerWithinMs: 250,
} as const;

/** What many refused sign-ins are taken for. Milliseconds and counts. */
export const loginPatternPolicy = {
  windowMs: 600_000,
  /** Different accounts from one address: credential stuffing. */
  accountsOfOneSource: 12,
  /** Tries at one account, from all addresses: brute force. */
  triesAtOneAccount: 12,
  /** Addresses, and accounts, kept in memory. */
  remembered: 10_000,
} as const;

/** Duration of a block of a CRITICAL address by kind of attack. Seconds. */
export const blockSeconds: Readonly<Record<Attack, number>> = {
  brute_force_attack: 3600,
  authentication_bypass: 3600,
  rate_limit_violation: 900,
  malicious_input: 900,
  reconnaissance: 3600,
};

/** The list of active blocks that every instance holds in memory. Counts and milliseconds. */
export const blockListPolicy = {
  /** Blocks of the service at most; beyond, the oldest are dropped. */
  automatic: 50_000,
  /** Blocks of administrators, which are never dropped: beyond, no further one is accepted. */
  manual: 10_000,
  /** Least time between two looks at what changed, however many notifications come. */
  lookEveryMs: 50,
  /** Rows of one look; when there are more, the whole list is loaded. */
  lookRows: 1000,
  /** Rows of one page of the whole list. */
  pageRows: 2000,
  /** The whole list is loaded again so often. */
  reconcileEveryMs: 600_000,
  retryMs: 5000,
} as const;

/** Paths exempt from address blocks. */
export const blockExemptPaths: readonly string[] = probePaths;

/** A path that applies the block itself, once it knows the session of the token: a refresh keeps users signed in. */
export const blockDeferredPath = `/${apiPrefix}/auth/refresh`;

/** Threshold of a flood of unknown paths of one address. */
export const notFoundFlood = { count: 20, windowSeconds: 60, maxAddresses: 20_000 } as const;
