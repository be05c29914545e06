import type { Role } from './roles.js';

/** Time-based codes (RFC 6238) as every authenticator app reads them: HMAC-SHA-1, six digits, 30 seconds. */
export const totpPolicy = {
  issuer: 'Velro',
  digits: 6,
  stepSeconds: 30,
  /** Steps before and after the present one that still pass: clocks drift, and typing takes time (RFC 6238, 5.2). */
  window: 1,
  /** RFC 4226, 4, R6: 160 bits are recommended. */
  secretBytes: 20,
} as const;

/** Recovery codes: 80 bits each, so that neither guessing nor a stolen table of their hashes leads anywhere. */
export const recoveryPolicy = { count: 10, bytesEach: 10 } as const;

/** Wrong codes at one person's factor, of whatever kind, from one known device or session or from all unknown devices. */
export const mfaAttemptPolicy = {
  /** In any span of this length. */
  limit: 5,
  windowSeconds: 15 * 60,
  /** In a row, from unknown devices (NIST SP 800-63B-4, 3.2.2): only who has the password gets as far. */
  maxUnknownDeviceFailures: 100,
  /** Waiting alone opens nothing: the owner may have reset the password by then. */
  exceededRetryAfterSeconds: 3600,
} as const;

/** Seconds between the right password and the right code. */
export const mfaChallengePolicy = { lifetimeSeconds: 5 * 60 } as const;

/** Seconds since the person last proved who they are, on routes that ask for it again. */
export const stepUpPolicy = { maxAgeSeconds: 10 * 60 } as const;

/** Who cannot go without a second factor. */
export const mfaRequiredFor: readonly Role[] = ['admin', 'super_admin'];
