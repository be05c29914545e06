/**
 * Whether a text is base64url (RFC 4648, section 5) in its one canonical spelling. The unused low bits of the last character
 * must be zero: otherwise one value has up to sixteen spellings, and a list that knows one of them does not know the others.
 */
export const isCanonicalBase64url = (text: string): boolean =>
  Buffer.from(text, 'base64url').toString('base64url') === text;

/** The bytes of a canonical text; null for any other text. */
export function decodeBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}
