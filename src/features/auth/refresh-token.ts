import { createHash } from 'node:crypto';
import type { Random } from '../../ports/random.js';

/** 16 bytes of the session's id and 32 unguessable ones, as base64url. Opaque to clients. */
export const refreshTokenLength = 64;

/** The id lets a request be counted by its session before anything is looked up; it opens nothing by itself. */
export function newRefreshToken(random: Random, sessionId: string): string {
  return Buffer.concat([Buffer.from(sessionId.replaceAll('-', ''), 'hex'), random.bytes(32)]).toString(
    'base64url',
  );
}

/** What is stored of it. */
export function refreshTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
