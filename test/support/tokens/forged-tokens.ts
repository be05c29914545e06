import { createHmac, randomUUID } from 'node:crypto';
import type { GeneratedSecrets } from '../../../config/secrets/generated-secrets.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Claims = Readonly<Record<string, unknown>>;

/** The key of access tokens that a service generated for itself. */
export const signingSecret = (home: string): string => generatedSecret(home, 'JWT_SECRET');

/** A secret that a service generated for itself. */
export const generatedSecret = (home: string, name: keyof GeneratedSecrets): string =>
  (JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')) as GeneratedSecrets)[name];

export function claimsIn(token: string): Claims {
  const [, body = ''] = token.split('.');
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
}

/** A token of ours with other claims and, unless they name one, an id of its own. */
export function withClaims(secret: string, token: string, changes: Claims): string {
  const [head = ''] = token.split('.');
  const claims = { ...claimsIn(token), jti: randomUUID(), ...changes };
  return signed(secret, `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`);
}

/** A token of ours, signed under a key that is none of ours. */
export const underForeignKey = (token: string): string =>
  signed(randomUUID(), token.slice(0, token.lastIndexOf('.')));

const signed = (secret: string, message: string): string =>
  `${message}.${createHmac('sha512', secret).update(message).digest('base64url')}`;
