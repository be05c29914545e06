import { deriveKey } from '../../config/secrets/derived-key.js';
import type { RotatingKey } from '../../config/config.js';
import type { Secret } from '../../config/values/secret.js';
import { equalInConstantTime, hmacSha256 } from './hash.js';

/** What a text is: one of a kind is never taken for another. */
export type Kind = 'manifest' | 'objects' | 'self-test';

/** HMAC-SHA-256 (RFC 2104) of the bytes of a text, under a key that AUDIT_ENC_KEY gives for its kind (HKDF): hexadecimal. */
export const macOf = (text: string, key: Secret, kind: Kind): string =>
  hmacSha256(deriveKey(key, `backup/${kind}`), text).toString('hex');

/** Whether whoever wrote the text had AUDIT_ENC_KEY, or the one before it. */
export const isAuthentic = (text: string, mac: string, { current, previous }: RotatingKey, kind: Kind) =>
  [current, previous].some((key) => key !== null && equalInConstantTime(macOf(text, key, kind), mac));
