import { promptLeakPolicy } from '../../../../../config/policy/assistants/agents.js';

/**
 * The letters of a code point, as numbers of 32 bits that hash well: compatibility forms and accents (Unicode NFKD, without
 * marks) and case do not count, an ideograph is several, and what is no letter is none. Each number stands for one letter.
 */
export function lettersOf(codePoint: number): readonly number[] {
  if (codePoint < 128) return ofAscii[codePoint] ?? none;
  const known = cache.get(codePoint);
  if (known !== undefined) return known;
  const letters = read(codePoint);
  if (cache.size >= promptLeakPolicy.cachedCodePoints) cache.clear();
  cache.set(codePoint, letters);
  return letters;
}

const none: readonly number[] = [];
const isLetter = /^\p{L}$/u;
const isIdeograph = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u;

function read(codePoint: number): readonly number[] {
  const text = String.fromCodePoint(codePoint);
  // By upper case, so that ß is ss and ς is σ; decomposed again, as a mapping of case may compose.
  const folded = text.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD');
  const letters = Array.from(folded).filter((one) => isLetter.test(one));
  return letters.length === 0
    ? none
    : letters.flatMap((one) =>
        Array<number>(isIdeograph.test(one) ? promptLeakPolicy.lettersPerIdeograph : 1).fill(mixed(one)),
      );
}

/** A bijection of 32-bit numbers: neighbours in the alphabet differ in all bits. */
function mixed(letter: string): number {
  const product = Math.imul(letter.codePointAt(0) ?? 0, 0x9e3779b1);
  return Math.imul(product ^ (product >>> 15), 0x85ebca6b);
}

const ofAscii = Array.from({ length: 128 }, (_, codePoint) => read(codePoint));
const cache = new Map<number, readonly number[]>();
