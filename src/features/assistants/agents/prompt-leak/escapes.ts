import { promptLeakPolicy } from '../../../../../config/policy/assistants/agents.js';

/** What an escape stands for. */
export type Meaning =
  | { readonly kind: 'byte'; readonly byte: number }
  /** `isWhole`: false while further characters may make another of it. None of punctuation and tags. */
  | { readonly kind: 'characters'; readonly codePoints: readonly number[]; readonly isWhole: boolean };

/** Characters that begin an escape, and how long it is at most. */
export const escapeLengths: ReadonlyMap<string, number> = new Map([
  ['%', 3],
  ['=', 3],
  ['\\', 6],
  ['&', 10],
  ['<', promptLeakPolicy.tagCharacters],
]);

/**
 * Escapes of URLs (RFC 3986), quoted-printable (RFC 2045), string literals, JSON (RFC 8259) and HTML, and tags. Null: none, or none
 * yet. `text` begins as one.
 */
export function meaningOf(text: string): Meaning | null {
  switch (text.charAt(0)) {
    case '%':
      return byteOf(/^%([0-9a-f]{2})$/iu.exec(text)?.[1]);
    // Capitals alone, as in the RFC: small letters behind it are those of a word.
    case '=':
      return byteOf(/^=([0-9A-F]{2})$/u.exec(text)?.[1]);
    case '\\':
      return ofLiteral(text);
    case '&':
      return ofReference(text);
    default:
      return text.endsWith('>') && /^<[a-z/!?]/iu.test(text) ? characters() : null;
  }
}

const characters = (codePoints: readonly number[] = [], isWhole = true): Meaning => ({
  kind: 'characters',
  codePoints,
  isWhole,
});

const byteOf = (digits: string | undefined): Meaning | null =>
  digits === undefined ? null : { kind: 'byte', byte: Number.parseInt(digits, 16) };

function ofLiteral(text: string): Meaning | null {
  if (/^\\[abefnrtv0]$/u.test(text)) return characters();
  const unit = /^\\u([0-9a-f]{4})$/iu.exec(text)?.[1];
  return unit === undefined
    ? byteOf(/^\\x([0-9a-f]{2})$/iu.exec(text)?.[1])
    : characters([Number.parseInt(unit, 16)]);
}

const accent = /^&([a-z])(?:uml|acute|grave|circ|tilde|cedil|ring|caron);$/iu;

/** A number has a meaning at each of its digits, as its semicolon may be missing. */
function ofReference(text: string): Meaning | null {
  const [, x, digits, end] = /^&#(x?)([0-9a-f]+)(;?)$/iu.exec(text) ?? [];
  if (digits !== undefined) {
    const value = Number.parseInt(digits, x === '' ? 10 : 16);
    return characters(value <= 0x10ffff ? [value] : [], end !== '');
  }
  const letter = text === '&szlig;' ? 'ß' : accent.exec(text)?.[1];
  if (letter !== undefined) return characters([letter.charCodeAt(0)]);
  return /^&[a-z]{2,8};$/iu.test(text) ? characters() : null;
}
