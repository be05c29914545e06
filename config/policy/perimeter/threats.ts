import { apiPrefix, probePaths } from './http.js';

/** How bad it is: of one event, and of everything that is known of an address or a person. */
export const threatLevels = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type ThreatLevel = (typeof threatLevels)[number];

/** What somebody is up to, as the responses are named by. */
export const attacks = [
  'brute_force_attack',
  'authentication_bypass',
  'rate_limit_violation',
  'malicious_input',
  'reconnaissance',
] as const;
export type Attack = (typeof attacks)[number];

/**
 * What each kind of evidence adds to a score. `hard` evidence is of something that nobody does by accident; `soft` evidence
 * alone never blocks: people write about SQL, and programs run into limits. `laidTo: 'caller'` is laid to whoever is signed
 * in, where somebody is; the rest is done by somebody who is not, or whom nobody should believe.
 */
export const signals = {
  login_failed: { weight: 2, attack: 'brute_force_attack', kind: 'hard', laidTo: 'address' },
  factor_failed: { weight: 3, attack: 'brute_force_attack', kind: 'hard', laidTo: 'address' },
  operator_failed: { weight: 6, attack: 'brute_force_attack', kind: 'hard', laidTo: 'address' },
  token_forged: { weight: 21, attack: 'authentication_bypass', kind: 'hard', laidTo: 'address' },
  token_malformed: { weight: 3, attack: 'authentication_bypass', kind: 'hard', laidTo: 'address' },
  // Signed under a key that is none of ours, or no more: many an open tab after an emergency rotation.
  token_foreign: { weight: 1, attack: 'authentication_bypass', kind: 'soft', laidTo: 'address' },
  token_reused: { weight: 15, attack: 'authentication_bypass', kind: 'hard', laidTo: 'address' },
  key_unknown: { weight: 6, attack: 'authentication_bypass', kind: 'hard', laidTo: 'address' },
  key_misplaced: { weight: 10, attack: 'authentication_bypass', kind: 'hard', laidTo: 'address' },
  honeypot: { weight: 15, attack: 'reconnaissance', kind: 'hard', laidTo: 'address' },
  attack_tool: { weight: 10, attack: 'reconnaissance', kind: 'hard', laidTo: 'address' },
  role_refused: { weight: 3, attack: 'reconnaissance', kind: 'soft', laidTo: 'caller' },
  not_found_flood: { weight: 10, attack: 'reconnaissance', kind: 'soft', laidTo: 'caller' },
  cors_violation: { weight: 1, attack: 'reconnaissance', kind: 'soft', laidTo: 'caller' },
  limit_exceeded: { weight: 1, attack: 'rate_limit_violation', kind: 'soft', laidTo: 'caller' },
  malicious_text: { weight: 5, attack: 'malicious_input', kind: 'soft', laidTo: 'caller' },
} as const satisfies Record<
  string,
  {
    readonly weight: number;
    readonly attack: Attack;
    readonly kind: 'hard' | 'soft';
    readonly laidTo: 'address' | 'caller';
  }
>;
export type Signal = keyof typeof signals;

export const threatPolicy = {
  /** Scores from which a level holds. CRITICAL asks for so much hard evidence besides. */
  thresholds: { MEDIUM: 10, HIGH: 30, CRITICAL: 60 },
  criticalNeedsHard: 30,
  /** A score halves in this time. */
  halfLifeSeconds: 600,
  /** Scores above this do not grow: who stops is forgiven in bounded time. */
  maxScore: 200,
  /** Addresses, people and pairs of both that are remembered at most, about 40 MB. */
  maxSubjects: 100_000,
  /** How many of the latest signals explain a score. */
  explainedBy: 20,
  /** What is left of an adaptive limit. */
  limitShares: { LOW: 1, MEDIUM: 1, HIGH: 0.25, CRITICAL: 0.1 },
} as const satisfies {
  thresholds: Readonly<Record<Exclude<ThreatLevel, 'LOW'>, number>>;
  limitShares: Readonly<Record<ThreatLevel, number>>;
} & Record<string, unknown>;

/** For how long a CRITICAL subject is kept out, by what it was up to. Seconds. */
export const blockSeconds: Readonly<Record<Attack, number>> = {
  brute_force_attack: 3600,
  authentication_bypass: 3600,
  rate_limit_violation: 900,
  malicious_input: 900,
  reconnaissance: 3600,
};

/** Blocks that are in force at most; the oldest end for new ones. */
export const maxBlocks = 50_000;

/** Below these a block of an address never holds: probes, and what opens nothing by itself but keeps people signed in. */
export const blockExemptPaths: readonly string[] = [...probePaths, `/${apiPrefix}/auth/refresh`];

/** Unknown paths of one address in a minute that make a flood. */
export const notFoundFlood = { count: 20, windowSeconds: 60, maxAddresses: 20_000 } as const;
