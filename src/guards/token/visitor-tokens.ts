import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { visitorTokenPolicy } from '../../../config/policy/accounts/tokens.js';
import { deriveKey } from '../../../config/secrets/derived-key.js';
import { isUuid } from '../../crypto/uuid.js';
import { TokenRefused } from './token-refused.js';

/** What a visitor's token says. Times in seconds since the epoch. */
export interface VisitorClaims {
  readonly visitorId: string;
  /** The agent that it may ask. */
  readonly agentId: string;
  /** The API key that asked for it, its owner, and the owner's epoch then: with them it is revoked. */
  readonly keyId: string;
  readonly ownerId: string;
  readonly epoch: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Tokens of visitors: the claims and their HMAC-SHA-256, by a key of their own. Of an access token they share nothing. */
@Injectable()
export class VisitorTokens {
  /** The one that signs first. */
  private readonly keys: readonly Buffer[];

  constructor(@Inject(CONFIG) { tokens }: Pick<Config, 'tokens'>) {
    const secrets = tokens.previous === null ? [tokens.current] : [tokens.current, tokens.previous];
    this.keys = secrets.map((secret) => deriveKey(secret, 'visitor tokens', 32));
  }

  sign(claims: VisitorClaims): string {
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const [key] = this.keys;
    if (key === undefined) throw new Error('no key');
    return `${visitorTokenPolicy.prefix}${payload}.${macOf(key, payload).toString('base64url')}`;
  }

  /** Without asking whether it is revoked. `now`: milliseconds since the epoch. @throws TokenRefused */
  verify(text: string, now: number): VisitorClaims {
    if (text.length > visitorTokenPolicy.maxLength) throw new TokenRefused('too_long');
    if (!text.startsWith(visitorTokenPolicy.prefix)) throw new TokenRefused('malformed');
    const [, payload, mac] = form.exec(text.slice(visitorTokenPolicy.prefix.length)) ?? [];
    if (payload === undefined || mac === undefined) throw new TokenRefused('malformed');
    const given = Buffer.from(mac, 'base64url');
    // One spelling of each token.
    if (given.toString('base64url') !== mac) throw new TokenRefused('spelling');
    if (!this.keys.some((key) => isEqual(macOf(key, payload), given))) throw new TokenRefused('signature');
    const claims = readClaims(Buffer.from(payload, 'base64url').toString());
    if (claims === null) throw new TokenRefused('claims');
    if (now >= claims.expiresAt * 1000) throw new TokenRefused('expired');
    return claims;
  }
}

const form = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/;
const macOf = (key: Buffer, payload: string): Buffer => createHmac('sha256', key).update(payload).digest();
const isEqual = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

/** Signed by us: only another version of us could have signed something else. */
function readClaims(text: string): VisitorClaims | null {
  const claims = JSON.parse(text) as VisitorClaims;
  const ids = [claims.visitorId, claims.agentId, claims.keyId, claims.ownerId];
  const numbers = [claims.epoch, claims.issuedAt, claims.expiresAt];
  return ids.every(isUuid) && numbers.every(Number.isSafeInteger) ? claims : null;
}
