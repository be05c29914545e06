import { apiKeyPolicy } from '../../../config/policy/accounts/api-keys.js';
import type { Random } from '../../ports/random.js';
import { isCanonicalBase64url } from '../../crypto/base64url.js';
import { sha256 } from '../../crypto/hash.js';
import { bytesToUuid } from '../../crypto/uuid.js';

const { textPrefix, secretBytes, shownCharacters } = apiKeyPolicy;
const shape = new RegExp(`^${textPrefix}([\\w-]{${Math.ceil((secretBytes * 4) / 3)}})$`);

/** The text of a key as the client sends it, and what is stored of it. */
export interface KeyText {
  readonly text: string;
  /** The first characters, shown to identify the key. */
  readonly prefix: string;
  /** SHA-256 of the text. */
  readonly hash: Buffer;
}

/** A new random key of 256 bits. */
export function newKeyText(random: Random): KeyText {
  const text = textPrefix + random.bytes(secretBytes).toString('base64url');
  return { text, prefix: text.slice(0, textPrefix.length + shownCharacters), hash: hash(text) };
}

/** The hash by which a key is found; null when the text is not a key in canonical encoding. */
export function keyHashOf(text: string): Buffer | null {
  const secret = shape.exec(text)?.[1];
  // The unused low bits of the last character must be zero: else one key has four spellings.
  if (secret === undefined || !isCanonicalBase64url(secret)) return null;
  return hash(text);
}

/**
 * Identifies a text in its place, as a UUID, by which its streams are revoked at a rotation. A text that moves to
 * `previous` gets another id, so its client can reconnect.
 */
export function keyTextId(textHash: Buffer, place: 'current' | 'previous'): string {
  return bytesToUuid(sha256(place, textHash));
}

function hash(text: string): Buffer {
  return sha256(text);
}
