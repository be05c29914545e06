import { hkdfSync } from 'node:crypto';
import { openSealed, seal } from '../../../../crypto/aes-gcm.js';
import { sha256 } from '../../../../crypto/hash.js';
import { bytesToUuid, uuidToBytes } from '../../../../crypto/uuid.js';
import type { Random } from '../../../../ports/random.js';

/** Characters: the 16 bytes of the session's id and 32 random ones, as base64url. Opaque to clients. */
export const refreshTokenLength = 64;

/** The session id allows rate limits by session before any lookup; it grants nothing by itself. */
export function newRefreshToken(random: Random, sessionId: string): string {
  return Buffer.concat([uuidToBytes(sessionId), random.bytes(32)]).toString('base64url');
}

/** The session id in a token, not verified. */
export function sessionOf(token: string): string {
  return bytesToUuid(Buffer.from(token, 'base64url'));
}

/** The SHA-256 that is stored instead of the token. */
export function refreshTokenHash(token: string): Buffer {
  return sha256(token);
}

/** AES-256-GCM: nonce, ciphertext, tag. The key comes from the presented token, which is stored nowhere. */
export function sealSuccessor(random: Random, presented: string, successor: string): Buffer {
  return seal(sealingKey(presented), Buffer.from(successor), '', (count) => random.bytes(count));
}

/** @throws when `sealed` was not made for `presented` */
export function openSuccessor(presented: string, sealed: Buffer): string {
  const opened = openSealed(sealingKey(presented), sealed, '');
  if (opened === null) throw new Error('a successor was sealed for another token');
  return opened.toString();
}

function sealingKey(presented: string): Buffer {
  return Buffer.from(hkdfSync('sha256', presented, '', 'velro/sealed successor', 32));
}
