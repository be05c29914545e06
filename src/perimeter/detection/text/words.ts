/**
 * A list of ASCII words that is looked up where a word stands in a text, in either case. Nothing is cut out and nothing
 * is lower-cased: both are slow in a text with characters above 255, whichever word it is.
 */
export class WordList {
  readonly #byHash = new Map<number, { readonly word: string; readonly value: number }[]>();

  constructor(words: ReadonlyMap<string, number>) {
    for (const [word, value] of words) {
      const hash = hashOf(word, 0, word.length);
      this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), { word, value }]);
    }
  }

  /** The value of the word between two places of a text, or 0. */
  find(text: string, start: number, end: number): number {
    const found = this.#byHash.get(hashOf(text, start, end));
    if (found === undefined) return 0;
    for (const { word, value } of found) if (isHere(text, start, end, word)) return value;
    return 0;
  }
}

/** Within 30 bits, so that it is a small integer. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++)
    hash = (Math.imul(hash, 31) + lowerOf(text.charCodeAt(at))) & 0x3fffffff;
  return hash;
}

function isHere(text: string, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let at = 0; at < word.length; at++)
    if (lowerOf(text.charCodeAt(start + at)) !== word.charCodeAt(at)) return false;
  return true;
}

const lowerOf = (code: number): number => (code >= 65 && code <= 90 ? code | 32 : code);
