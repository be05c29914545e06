import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Bytes that sealing adds: the nonce before and the tag behind the ciphertext. */
export const sealOverhead = nonceBytes + tagBytes;

/**
 * AES-256-GCM (NIST SP 800-38D). Returns nonce, ciphertext, tag. The context is authenticated and not stored: what was
 * sealed for one purpose does not open for another.
 * @param key 32 bytes; a KeyObject where it is used again and again, for Node prepares any other for each call anew
 * @param randomBytes gives the nonce, which must never repeat under one key
 */
export function seal(
  key: Buffer | KeyObject,
  plain: Buffer,
  context: string,
  randomBytes: (count: number) => Buffer,
): Buffer {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  sealing.setAAD(Buffer.from(context));
  return Buffer.concat([nonce, sealing.update(plain), sealing.final(), sealing.getAuthTag()]);
}

/** What was sealed under this key for this context; null for anything else. */
export function openSealed(key: Buffer | KeyObject, sealed: Buffer, context: string): Buffer | null {
  if (sealed.length < sealOverhead) return null;
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  opening.setAAD(Buffer.from(context));
  opening.setAuthTag(sealed.subarray(-tagBytes));
  const plain = opening.update(sealed.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([plain, opening.final()]);
  } catch {
    return null;
  }
}
