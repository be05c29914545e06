import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import type { Random } from '../../../ports/random.js';

/** 16 bytes of the session's id and 32 unguessable ones, as base64url. Opaque to clients. */
export const refreshTokenLength = 64;

const nonceBytes = 12;
const tagBytes = 16;

/** The id lets a request be counted by its session before anything is looked up; it opens nothing by itself. */
export function newRefreshToken(random: Random, sessionId: string): string {
  return Buffer.concat([Buffer.from(sessionId.replaceAll('-', ''), 'hex'), random.bytes(32)]).toString(
    'base64url',
  );
}

/** The session that a token speaks of. */
export function sessionOf(token: string): string {
  const hex = Buffer.from(token, 'base64url').toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** What is stored of it. */
export function refreshTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** AES-256-GCM: nonce, ciphertext, tag. The key comes from the presented token, which is stored nowhere. */
export function sealSuccessor(random: Random, presented: string, successor: string): Buffer {
  const nonce = random.bytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(presented), nonce);
  return Buffer.concat([nonce, cipher.update(successor, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** @throws when `sealed` was not made for `presented` */
export function openSuccessor(presented: string, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(presented), sealed.subarray(0, nonceBytes));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString(
    'utf8',
  );
}

function sealingKey(presented: string): Buffer {
  return Buffer.from(hkdfSync('sha256', presented, '', 'velro/sealed successor', 32));
}
