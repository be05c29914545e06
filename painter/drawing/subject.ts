import type { Dice } from './random.js';
import type { Tone } from './tone.js';
import {
  type Kind,
  type Meaning,
  type MeaningOf,
  meanings,
  type Mood,
  type Place,
  type Style,
  type Thing,
  type Time,
  type Weather,
} from './words.js';

/** The content of a prompt as values of a closed vocabulary; contains no text of the prompt. */
export interface Subject {
  /** The first is the scene, the others add details. Empty: an abstract picture. */
  readonly places: readonly Place[];
  readonly time: Time;
  readonly weather: ReadonlySet<Weather>;
  readonly styles: ReadonlySet<Style>;
  readonly moods: ReadonlySet<Mood>;
  readonly things: ReadonlySet<Thing>;
  /** Must not be drawn, even where the scene adds it by default. */
  readonly banned: ReadonlySet<string>;
  /** Colours of the whole scene by priority; at most three. */
  readonly colours: readonly Tone[];
  /** Colours by the object that they precede in the prompt: "a red balloon". */
  readonly tints: ReadonlyMap<Thing, Tone>;
}

const MAX_CHARACTERS = 4_000;
const MAX_WORDS = 400;
const NEGATIONS = new Set(['no', 'not', 'without', 'minus']);
/** Priority of places when a prompt names several. */
const RANK: readonly Place[] = [
  'city',
  'island',
  'lake',
  'sea',
  'desert',
  'forest',
  'river',
  'mountains',
  'meadow',
  'space',
];
const HOMES: Partial<Record<Thing, Place>> = {
  lighthouse: 'sea', boat: 'sea', whale: 'sea', bridge: 'river', palm: 'island', cactus: 'desert', castle: 'mountains',
  tent: 'mountains', pine: 'forest', balloon: 'meadow', house: 'meadow', mill: 'meadow', tree: 'meadow', flowers: 'meadow',
  cat: 'meadow', traveller: 'mountains', rocket: 'space', planet: 'space', aurora: 'mountains', comet: 'space', rainbow: 'meadow',
}; // prettier-ignore
const DEFAULT_PLACES = ['mountains', 'lake', 'sea', 'desert', 'meadow', 'forest'] as const;

/** Splits text into lower-case words and pictographs; all other characters, lone surrogates and NULs included, are separators. */
function split(text: string): string[] {
  const found = text.slice(0, MAX_CHARACTERS).normalize('NFKC').toLowerCase();
  return (found.match(/\p{Extended_Pictographic}|[\p{L}\p{N}]+/gu) ?? []).slice(0, MAX_WORDS);
}

interface Heard {
  readonly position: number;
  readonly negated: boolean;
  readonly meaning: Meaning;
}

function listen(text: string): Heard[] {
  const words = split(text);
  const heard: Heard[] = [];
  for (let position = 0; position < words.length; position += 1) {
    const word = words[position] ?? '';
    const pair = meanings(`${word}-${words[position + 1] ?? ''}`);
    // "without a moon" and "no rain" exclude a word that follows within two words.
    const negated = words.slice(Math.max(0, position - 2), position).some((before) => NEGATIONS.has(before));
    for (const meaning of pair.length > 0 ? pair : meanings(word)) heard.push({ position, negated, meaning });
    if (pair.length > 0) position += 1;
  }
  return heard;
}

function colouring(heard: readonly Heard[]): Pick<Subject, 'colours' | 'tints'> {
  const colours: Tone[] = [];
  const tints = new Map<Thing, Tone>();
  for (const { position, meaning } of heard) {
    if (meaning.kind !== 'colour') continue;
    const next = heard.find((other) => other.position === position + 1);
    if (next?.meaning.kind === 'thing') tints.set(next.meaning.value, meaning.value);
    else if (colours.length < 3 && !colours.includes(meaning.value)) colours.push(meaning.value);
  }
  return { colours, tints };
}

const key = (meaning: Meaning): string =>
  meaning.kind === 'colour' ? `colour:${String(meaning.value.h)}` : meaning.value;

function choosePlaces(
  named: ReadonlySet<Place>,
  things: ReadonlySet<Thing>,
  banned: ReadonlySet<string>,
): Place[] {
  const places = RANK.filter((place) => named.has(place));
  if (places.length > 0) return places;
  const home = [...things]
    .map((thing) => HOMES[thing])
    .find((place) => place !== undefined && !banned.has(place));
  return home === undefined ? [] : [home];
}

/** Parses prompt and negative prompt; what they do not specify is chosen by the random generator. */
export function read(prompt: string, negativePrompt: string | null, dice: Dice): Subject {
  const said = listen(prompt);
  const refused = [...listen(negativePrompt ?? ''), ...said.filter(({ negated }) => negated)];
  const banned = new Set(refused.map(({ meaning }) => key(meaning)));
  const heard = said.filter(({ negated, meaning }) => !negated && !banned.has(key(meaning)));
  const all = <K extends Kind>(kind: K): Set<MeaningOf<K>['value']> => {
    const matches = (meaning: Meaning): meaning is Meaning & MeaningOf<K> => meaning.kind === kind;
    const found = new Set<MeaningOf<K>['value']>();
    for (const { meaning } of heard) if (matches(meaning)) found.add(meaning.value);
    return found;
  };
  const [things, styles, weather] = [all('thing'), all('style'), all('weather')];
  const { colours, tints } = colouring(heard);
  const chance = dice.fork('subject');
  let places = choosePlaces(all('place'), things, banned);
  const plain = places.length === 0 && !styles.has('abstract') && !styles.has('geometric');
  const guessed = chance.shuffle(DEFAULT_PLACES.filter((place) => !banned.has(place)))[0];
  // A time, weather or mood without a place gives a landscape; unknown words give a landscape or an abstract picture.
  if (plain && guessed !== undefined && (heard.length > 0 || chance.chance(0.4))) places = [guessed];
  if (styles.has('abstract')) places = [];
  const times: Time[] = ['dawn', 'noon', 'sunset', 'dusk', 'night', 'sunset', 'noon'];
  const wanted = [...all('time')][0] ?? impliedTime(things, places, weather);
  const time = wanted ?? chance.shuffle(times.filter((value) => !banned.has(value)))[0] ?? 'noon';
  return { places, time, weather, styles, moods: all('mood'), things, banned, colours, tints };
}

function impliedTime(
  things: ReadonlySet<Thing>,
  places: readonly Place[],
  weather: ReadonlySet<Weather>,
): Time | null {
  if (
    places[0] === 'space' ||
    (['moon', 'stars', 'aurora', 'comet'] as const).some((thing) => things.has(thing))
  )
    return 'night';
  if (things.has('rainbow')) return 'noon';
  if (weather.has('fog')) return 'dawn';
  return weather.has('storm') ? 'dusk' : null;
}
