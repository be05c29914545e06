import { promptLeakPolicy } from '../../../../../config/policy/assistants/agents.js';
import { lettersOf } from './letters.js';
import { RollingHash } from './rolling-hash.js';
import { RunIndex, type PromptForm } from './run-index.js';

const { runLetters, seedLetters, seedStep } = promptLeakPolicy;

export const runHash = new RollingHash(runLetters);
export const seedHash = new RollingHash(seedLetters);

/**
 * The letters of a prompt forwards, backwards, backwards within each word, with its words backwards, in ROT13, and without its tags, and
 * their runs. Made once for a version of a prompt and shared by its answers. Memory: 13 bytes a letter and order, about 1 MB for 16,000
 * characters of English, at most 4.5 MB. A prompt with fewer letters than a run has none.
 */
export class PromptIndex {
  readonly letters: Int32Array;
  readonly forms: readonly PromptForm[];
  /** What no answer contains. */
  readonly runs: RunIndex;
  /** Shorter ones, of which each shared run of `promptLeakPolicy.coveredLetters` has one. */
  readonly seeds: RunIndex;

  constructor(prompt: string) {
    // Without repetitions: few prompts have tags.
    const forms = Array.from(new Set(orders.map((order) => order(prompt))), lettersIn);
    this.letters = Int32Array.from(forms.flat());
    let end = 0;
    this.forms = forms.map(({ length }) => ({ start: end, end: (end += length) }));
    this.runs = new RunIndex(this.letters, this.forms, runHash, 1);
    this.seeds = new RunIndex(this.letters, this.forms, seedHash, seedStep);
  }

  get isEmpty(): boolean {
    return this.runs.isEmpty;
  }

  /** What it takes in memory. */
  get bytes(): number {
    return this.letters.byteLength + this.runs.bytes + this.seeds.bytes;
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
