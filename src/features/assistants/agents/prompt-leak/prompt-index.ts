import { promptLeakPolicy } from '../../../../../config/policy/assistants/agents.js';
import { lettersOf } from './letters.js';
import { firstHashOf, nextHash } from './rolling-hash.js';

const run = promptLeakPolicy.runLetters;

/** Starts are below 2^19: six orders of some 48,000 letters. A key is the hash of a run, times this, plus its start. */
const starts = 2 ** 19;

/**
 * Every run of a prompt's letters, to be found in constant time: forwards, backwards, backwards within each word, with its words
 * backwards, in ROT13, and without its tags. Made once for a version of a prompt and shared by its answers. Memory: 12 bytes a
 * letter and order, about 0.9 MB for 16,000 characters of English, at most 4 MB. A prompt with fewer letters than a run has none.
 */
export class PromptIndex {
  private readonly letters: Int32Array;
  /** Ascending. */
  private readonly keys: Float64Array;
  /** A bit for each beginning of a hash that some run has: almost everything else is refused by it. */
  private readonly present: Uint32Array;
  private readonly shift: number;

  constructor(prompt: string) {
    // Without repetitions: few prompts have tags.
    const forms = Array.from(new Set(orders.map((order) => order(prompt))), lettersIn);
    this.letters = Int32Array.from(forms.flat());
    this.keys = this.distinct(keysOf(forms));
    const bits = Math.max(5, 35 - Math.clz32(this.keys.length));
    this.shift = 32 - bits;
    this.present = new Uint32Array(2 ** (bits - 5));
    for (const key of this.keys) {
      const bit = Math.floor(key / starts) >>> this.shift;
      this.present[bit >>> 5] = (this.present[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }

  get isEmpty(): boolean {
    return this.keys.length === 0;
  }

  /** What it takes in memory. */
  get bytes(): number {
    return this.letters.byteLength + this.keys.byteLength + this.present.byteLength;
  }

  /** Whether the last letters of `kept`, a ring whose next place is `end`, are a run of the prompt. `hash`: theirs. */
  has(hash: number, kept: Int32Array, end: number): boolean {
    const bit = hash >>> this.shift;
    if ((((this.present[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 0) return false;
    const first = hash * starts;
    for (let at = this.firstFrom(first); (this.keys[at] ?? Infinity) < first + starts; at++)
      if (this.isAt((this.keys[at] ?? 0) - first, kept, end)) return true;
    return false;
  }

  /** The place of the first key that is no less. */
  private firstFrom(key: number): number {
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.keys[middle] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private isAt(start: number, kept: Int32Array, end: number): boolean {
    const mask = kept.length - 1;
    for (let at = 0; at < run; at++)
      if (this.letters[start + at] !== kept[(end - run + at) & mask]) return false;
    return true;
  }

  /** Without repetitions, of which a prompt of one letter would have thousands. */
  private distinct(keys: Float64Array): Float64Array {
    let last = -1;
    return keys.filter((key) => {
      const isSame = last >= 0 && Math.floor(key / starts) === Math.floor(last / starts);
      if (isSame && this.isSameRun(key % starts, last % starts)) return false;
      last = key;
      return true;
    });
  }

  private isSameRun(a: number, b: number): boolean {
    for (let at = 0; at < run; at++) if (this.letters[a + at] !== this.letters[b + at]) return false;
    return true;
  }
}

function lettersIn(text: string): number[] {
  const letters: number[] = [];
  for (const character of text) {
    if (letters.length >= promptLeakPolicy.indexedLetters) break;
    letters.push(...lettersOf(character.codePointAt(0) ?? 0));
  }
  return letters;
}

/** No run reaches from one form into the next. */
function keysOf(forms: readonly (readonly number[])[]): Float64Array {
  const keys: number[] = [];
  let start = 0;
  for (const letters of forms) {
    let hash = firstHashOf(letters);
    for (let end = run; end <= letters.length; end++) {
      keys.push(hash * starts + start + end - run);
      hash = nextHash(hash, letters[end] ?? 0, letters[end - run] ?? 0);
    }
    start += letters.length;
  }
  return Float64Array.from(keys).sort();
}

const backwards = (text: string): string => Array.from(text).reverse().join('');
const rot13 = (letter: string): string => {
  const code = letter.charCodeAt(0);
  return String.fromCharCode((code & 31) <= 13 ? code + 13 : code - 13);
};

const tags = new RegExp(`<[a-z/!?][^<>]{0,${promptLeakPolicy.tagCharacters - 3}}>`, 'giu');

const orders: readonly ((text: string) => string)[] = [
  (text) => text,
  backwards,
  (text) => text.replace(/\S+/gu, backwards),
  (text) => text.split(/\s+/u).reverse().join(' '),
  (text) => text.replace(/[a-z]/giu, rot13),
  // As it is read where escapes are.
  (text) => text.replace(tags, ' '),
];
