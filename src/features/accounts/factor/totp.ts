import { generateSync, generateURI, ScureBase32Plugin } from 'otplib';
import { totpPolicy } from '../../../../config/policy/accounts/mfa.js';
import { equalInConstantTime } from '../../../crypto/hash.js';

const { digits, issuer, stepSeconds, window } = totpPolicy;
const base32 = new ScureBase32Plugin();

/** The time step (RFC 6238, 4.2) of a time in milliseconds since the epoch. */
export const stepAt = (milliseconds: number): number => Math.floor(milliseconds / 1000 / stepSeconds);

/** The code of a secret in a time step (HMAC-SHA-1). */
export const codeOf = (secret: Buffer, step: number): string =>
  generateSync({ secret, epoch: step * stepSeconds, period: stepSeconds, digits, algorithm: 'sha1' });

/**
 * The latest step around `now` whose code this is, or null. Every step is computed and compared, so that the time is
 * constant.
 */
export function matchingStep(secret: Buffer, code: string, now: number): number | null {
  const present = stepAt(now);
  let match: number | null = null;
  for (let step = present - window; step <= present + window; step++) {
    if (equalInConstantTime(code, codeOf(secret, step))) match = step;
  }
  return match;
}

/** The secret in base 32, for manual entry. */
export const toBase32 = (secret: Buffer): string => base32.encode(secret);

/** The secret as `otpauth://` URL for a QR code. */
export const otpauthUrl = (secret: string, account: string): string =>
  generateURI({ issuer, label: account, secret, algorithm: 'sha1', digits, period: stepSeconds });
