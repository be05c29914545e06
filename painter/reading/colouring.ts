import type { Tone } from '../drawing/tone.js';
import { isBoundary } from '../vocabulary/plain-words.js';
import type { Place } from '../vocabulary/scenes.js';
import type { Thing } from '../vocabulary/subjects.js';
import type { KnownWords } from './known-words.js';

/** The colours of a prompt by what they belong to. */
export interface Colouring {
  /** Colours of no noun, for the whole picture, by priority; at most three. */
  readonly colours: readonly Tone[];
  /** Colours of words that are unknown; nothing that is drawn has them. */
  readonly strays: readonly Tone[];
  readonly sky: readonly Tone[];
  readonly settings: ReadonlyMap<Place, Tone>;
  /** Several objects of one kind take their colours in turn. */
  readonly tints: ReadonlyMap<Thing, readonly Tone[]>;
}

/** A colour belongs to a noun that begins at most so many words after it. */
const REACH = 4;
const AT_MOST = 3;

interface Waiting {
  readonly position: number;
  readonly tone: Tone;
}

/** Gives each colour to the noun that follows it, unless a preposition stands between. */
export function colouring({ words, matched, unknown }: KnownWords): Colouring {
  const colours: Tone[] = [];
  const sky: Tone[] = [];
  const settings = new Map<Place, Tone>();
  const tints = new Map<Thing, Tone[]>();
  let waiting: Waiting[] = [];
  const strays: Tone[] = [];
  const release = (): void => {
    for (const { tone, position } of waiting) {
      const list = unknown.has(position + 1) ? strays : colours;
      if (list.length < AT_MOST && !list.includes(tone)) list.push(tone);
    }
    waiting = [];
  };
  let noun = -1;
  for (const { position, meaning } of matched) {
    if (meaning.kind === 'colour') {
      const last = waiting.at(-1);
      // Of "mint green" the second word is the colour.
      if (last?.position === position - 1) waiting.pop();
      waiting.push({ position, tone: meaning.value });
      continue;
    }
    if (meaning.kind !== 'thing' && meaning.kind !== 'place' && meaning.kind !== 'sky') continue;
    const isSameWord = noun === position;
    noun = position;
    const first = waiting[0]?.position ?? position;
    const apart = position - first > REACH || words.slice(first, position).some(isBoundary);
    if (apart && !isSameWord) release();
    const tones = waiting.slice(-AT_MOST).map(({ tone }) => tone);
    if (tones.length === 0) continue;
    if (meaning.kind === 'thing') tints.set(meaning.value, tones);
    else if (meaning.kind === 'sky') sky.push(...tones);
    else for (const tone of tones.slice(0, 1)) settings.set(meaning.value, tone);
    waiting = [];
  }
  release();
  return { colours, strays, sky, settings, tints };
}
