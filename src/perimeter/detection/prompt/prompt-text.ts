import { spend } from '../text/work.js';
import { knownWord, plainWord, promptWord } from './prompt-words.js';

const mostWords = 12_000;
const longestWord = 24;
/** Units of work for a word with letters beyond a to z. */
const foreignUnits = 350;

/** The words of the last text in order, with their groups, in reused arrays; only the first thousands are read. */
const groups = new Int32Array(mostWords);
const starts = new Int32Array(mostWords);
const ends = new Int32Array(mostWords);
/** Words whose look-alike letters were replaced, by their place in the order. */
const replaced = new Map<number, string>();
let count = 0;
let hasUnspaced = false;
let textOfWords = '';

export const wordsOfText = {
  count: (): number => count,
  /** Whether there are letters of languages without spaces between words. */
  hasUnspaced: (): boolean => hasUnspaced,
  group: (at: number): number => (at >= 0 && at < count ? (groups[at] ?? 0) : 0),
  read,
  /** No text is kept. */
  forget: (): void => {
    textOfWords = '';
    replaced.clear();
  },
};

function read(lower: string): void {
  count = 0;
  hasUnspaced = false;
  textOfWords = lower;
  replaced.clear();
  let start = -1;
  let foreign = false;
  for (let at = 0; at <= lower.length && count < mostWords; at++) {
    const code = at < lower.length ? lower.charCodeAt(at) : 32;
    const isForeign = (code > 0xbf && code < 0x2000) || code > 0x3040;
    if ((code >= 97 && code <= 122) || code === 39 || isForeign) {
      if (isForeign) {
        foreign = true;
        hasUnspaced ||= code > 0x3040;
      }
      // A quote before a word is none of its letters.
      if (start < 0 && code !== 39) start = at;
    } else if (start >= 0) {
      const end = lower.charCodeAt(at - 1) === 39 ? at - 1 : at;
      starts[count] = start;
      ends[count] = end;
      groups[count] = groupOf(lower, start, end, foreign);
      count++;
      start = -1;
      foreign = false;
    }
  }
}

function groupOf(lower: string, start: number, end: number, foreign: boolean): number {
  if (end - start > longestWord) return 0;
  if (!foreign) return knownWord(lower, start, end);
  if (!spend(foreignUnits)) return 0;
  const word = lower.slice(start, end);
  const plain = plainWord(word);
  if (plain !== word) replaced.set(count, plain);
  return promptWord(plain);
}

/** Whether the word at this place in the order is this one: compared where it stands, without cutting it out. */
export function is(at: number, wanted: string): boolean {
  if (at < 0 || at >= count) return at === count && wanted === '$';
  const start = starts[at] ?? 0;
  if ((ends[at] ?? 0) - start !== wanted.length) return false;
  if (replaced.size > 0) {
    const plain = replaced.get(at);
    if (plain !== undefined) return plain === wanted;
  }
  for (let letter = 0; letter < wanted.length; letter++)
    if (textOfWords.charCodeAt(start + letter) !== wanted.charCodeAt(letter)) return false;
  return true;
}

/** The word at this place in the order. */
export function wordAt(at: number): string {
  return replaced.get(at) ?? textOfWords.slice(starts[at], ends[at]);
}

export function isOneOf(at: number, wanted: readonly string[]): boolean {
  for (const word of wanted) if (is(at, word)) return true;
  return false;
}
