import { hkdfSync } from 'node:crypto';
import type { Secret } from '../values/secret.js';

/** Derives a key of `bytes` bytes by HKDF-SHA-256 (RFC 5869); each use of a secret has its own label. */
export function deriveKey(secret: Secret, label: string, bytes = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', secret.reveal(), '', `velro/${label}`, bytes));
}
