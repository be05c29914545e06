import type { RevocableClaims, Revocations } from '../../ports/revocations.js';

/** Whether a token is known not to be revoked, without waiting for anything. */
export function isKnownToLive(revocations: Revocations, claims: RevocableClaims): boolean {
  try {
    const revoked = revocations.isRevoked(claims);
    if (typeof revoked === 'boolean') return !revoked;
    // The full check asks again, and answers for the failure; a rejection that nobody handles would end the process.
    revoked.catch(() => undefined);
    return false;
  } catch {
    return false;
  }
}
