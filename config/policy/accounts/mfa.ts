import type { Role } from './roles.js';

/** Time-based codes (RFC 6238) as every authenticator app reads them: HMAC-SHA-1, six digits, 30 seconds. */
export const totpPolicy = {
  issuer: 'Velro',
  digits: 6,
  stepSeconds: 30,
  /** Accepted steps before and after the present one, for clock drift and typing time (RFC 6238, 5.2). */
  window: 1,
  /** RFC 4226, 4, R6: 160 bits are recommended. */
  secretBytes: 20,
} as const;

/** Recovery codes: 80 bits each, so that brute force is infeasible, online and on stolen hashes. */
export const recoveryPolicy = { count: 10, bytesEach: 10 } as const;

/** Wrong codes of any kind for one account, from one known device or session, or from all unknown devices. */
export const mfaAttemptPolicy = {
  /** In any span of this length. */
  limit: 5,
  windowSeconds: 15 * 60,
  /** Consecutive, from unknown devices (NIST SP 800-63B-4, 3.2.2): only an attacker with the password gets this far. */
  maxUnknownDeviceFailures: 100,
  /** The limit does not expire with time: a reset of the password lifts it. */
  exceededRetryAfterSeconds: 3600,
} as const;

/** Seconds between the right password and the right code. */
export const mfaChallengePolicy = { lifetimeSeconds: 5 * 60 } as const;

/** Seconds since the last authentication, on routes that require step-up. */
export const stepUpPolicy = { maxAgeSeconds: 10 * 60 } as const;

/** Roles that require a second factor. */
export const mfaRequiredFor: readonly Role[] = ['admin', 'super_admin'];
