import { hkdfSync } from 'node:crypto';
import type { Secret } from '../values/secret.js';

/** One secret, many uses: each derives its own key by HKDF-SHA-256 (RFC 5869) under its own label. */
export function deriveKey(secret: Secret, label: string, bytes = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', secret.reveal(), '', `velro/${label}`, bytes));
}
