import { createHash, createHmac, timingSafeEqual, type BinaryLike, type KeyObject } from 'node:crypto';

/** SHA-256 of the parts one after the other: 32 bytes. */
export function sha256(...parts: readonly BinaryLike[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/**
 * HMAC-SHA-256 (RFC 2104) of the parts one after the other: 32 bytes. A key that is used again and again is a KeyObject: Node prepares any
 * other for each call anew, which takes four times as long as the rest.
 */
export function hmacSha256(key: BinaryLike | KeyObject, ...parts: readonly BinaryLike[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** Compares in constant time; only the length may show. */
export function equalInConstantTime(one: string | Uint8Array, other: string | Uint8Array): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
