import { type Meaning, meanings } from '../vocabulary/lexicon.js';
import { isPlain, numberOf } from '../vocabulary/plain-words.js';

/** A meaning at its position in a text. */
export interface KnownWord {
  readonly position: number;
  readonly negated: boolean;
  readonly meaning: Meaning;
  /** How many are asked for; null where the text says neither a number nor a plural. */
  readonly count: number | null;
}

export interface KnownWords {
  readonly words: readonly string[];
  readonly matched: readonly KnownWord[];
  /** Positions of words that are unknown, or mean something more special than what is drawn. */
  readonly unknown: ReadonlySet<number>;
}

const MAX_CHARACTERS = 4_000;
const MAX_WORDS = 400;
const NEGATIONS = new Set(['no', 'not', 'without', 'minus']);
/** What a plural without a number comes to. */
const SEVERAL = 3;

/** Splits text into lower-case words and pictographs; all other characters, lone surrogates and NULs included, are separators. */
function split(text: string): string[] {
  const found = text.slice(0, MAX_CHARACTERS).normalize('NFKC').toLowerCase();
  return (found.match(/\p{Extended_Pictographic}|[\p{L}\p{N}]+/gu) ?? []).slice(0, MAX_WORDS);
}

const isNoun = ({ kind }: Meaning): boolean => kind === 'thing' || kind === 'place' || kind === 'sky';

/** A word that is both colour and object, as `orange`, colours an object that follows and is the object otherwise. */
function senses(found: readonly Meaning[], next: readonly Meaning[]): readonly Meaning[] {
  const colour = found.filter(({ kind }) => kind === 'colour');
  if (colour.length === 0 || colour.length === found.length) return found;
  return next.some(isNoun) ? colour : found.filter(({ kind }) => kind !== 'colour');
}

/** Finds the known words of a text, pairs such as `milky way` first. */
export function findKnownWords(text: string): KnownWords {
  const words = split(text);
  const matched: KnownWord[] = [];
  const unknown = new Set<number>();
  let number: number | null = null;
  for (let position = 0; position < words.length; position += 1) {
    const word = words[position] ?? '';
    // "without a moon" and "no rain" exclude a word that follows within two words.
    const negated = words.slice(Math.max(0, position - 2), position).some((before) => NEGATIONS.has(before));
    const pair = meanings(`${word}-${words[position + 1] ?? ''}`);
    const isPair = pair.meanings.length > 0;
    const found = isPair ? pair : meanings(word);
    if (found.meanings.length === 0) {
      const named = numberOf(word);
      number = named ?? number;
      if (!negated && named === null && !NEGATIONS.has(word) && !isPlain(word)) unknown.add(position);
      continue;
    }
    const next = meanings(words[position + (isPair ? 2 : 1)] ?? '').meanings;
    const meant = isPair ? found.meanings : senses(found.meanings, next);
    for (const meaning of meant) {
      const count = isNoun(meaning) ? (number ?? (found.plural ? SEVERAL : null)) : null;
      matched.push({ position, negated, meaning, count });
      if (meaning.near === true && !negated) unknown.add(position);
    }
    if (meant.some(isNoun)) number = null;
    if (isPair) position += 1;
  }
  return { words, matched, unknown };
}
