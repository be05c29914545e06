import { tone, type Tone } from '../drawing/tone.js';
import { colours } from './colours.js';
import { irregularPlurals } from './plain-words.js';
import {
  moods,
  type Mood,
  type Place,
  places,
  type Style,
  styles,
  type Time,
  times,
  type Weather,
  weathers,
} from './scenes.js';
import { type SubjectEntry, subjects, type Thing } from './subjects.js';

interface Values {
  place: Place;
  time: Time;
  weather: Weather;
  style: Style;
  mood: Mood;
  thing: Thing;
  colour: Tone;
  sky: 'sky';
}
export type Kind = keyof Values;
export interface MeaningOf<K extends Kind> {
  readonly kind: K;
  readonly value: Values[K];
  /** The word means something more special than what is drawn for it. */
  readonly near?: true;
}
export type Meaning = { [K in Kind]: MeaningOf<K> }[Kind];

export interface Word {
  readonly meanings: readonly Meaning[];
  readonly plural: boolean;
}

const nothing: Word = { meanings: [], plural: false };

// A Map, because a plain object would find inherited keys such as "constructor".
const lexicon = new Map<string, Meaning[]>();

function learn(words: string, meaning: Meaning): void {
  for (const word of words.split(' ')) {
    const known = lexicon.get(word);
    if (known === undefined) lexicon.set(word, [meaning]);
    else known.push(meaning);
  }
}

function learnAll<T extends string>(table: Record<T, string>, meaning: (value: T) => Meaning): void {
  for (const key of Object.keys(table) as T[]) learn(table[key], meaning(key));
}

// A colour is learned before the objects of the same words, so that it colours them: "cherry blossom".
for (const [words, value] of colours) learn(words, { kind: 'colour', value });
learn('cherry-blossom', { kind: 'colour', value: tone(0.82, 0.1, 2) });
learnAll(places, (value) => ({ kind: 'place', value }));
learnAll(times, (value) => ({ kind: 'time', value }));
learnAll(weathers, (value) => ({ kind: 'weather', value }));
learnAll(styles, (value) => ({ kind: 'style', value }));
learnAll(moods, (value) => ({ kind: 'mood', value }));
learn('sky skies heaven clouds cloud', { kind: 'sky', value: 'sky' });
for (const [value, entry] of Object.entries(subjects) as [Thing, SubjectEntry][]) {
  learn(entry.words, { kind: 'thing', value });
  if (entry.near !== undefined) learn(entry.near, { kind: 'thing', value, near: true });
}
// Cities of which the skyline is not drawn as their own.
learn('tokyo york london paris berlin rome venice office', { kind: 'place', value: 'city', near: true });
learn('volcano everest waterfall', { kind: 'place', value: 'mountains', near: true });

/** The singulars that a plural may have, most specific first. */
function singulars(word: string): string[] {
  const forms = [irregularPlurals.get(word) ?? ''];
  if (word.endsWith('ies')) forms.push(`${word.slice(0, -3)}y`);
  if (word.endsWith('s')) forms.push(word.slice(0, -1));
  if (word.endsWith('es')) forms.push(word.slice(0, -2));
  return forms;
}

/** The meanings of a word; a plural has those of its singular. Unknown words have none. */
export function meanings(word: string): Word {
  const exact = lexicon.get(word);
  const plural = irregularPlurals.has(word);
  if (exact !== undefined) return { meanings: exact, plural };
  for (const form of singulars(word)) {
    const found = lexicon.get(form);
    if (found !== undefined) return { meanings: found, plural: true };
  }
  return nothing;
}
