import type { Dice } from '../drawing/random.js';
import type { Tone } from '../drawing/tone.js';
import type { Kind, Meaning, MeaningOf } from '../vocabulary/lexicon.js';
import {
  type Mood,
  type Place,
  places as settings,
  type Style,
  type Time,
  type Weather,
} from '../vocabulary/scenes.js';
import { homeOf, type Thing } from '../vocabulary/subjects.js';
import { type Colouring, colouring } from './colouring.js';
import { type KnownWord, findKnownWords } from './known-words.js';

/** The content of a prompt as values of a closed vocabulary; contains no text of the prompt. */
export interface Subject {
  /** The first is the scene, the others add details. Empty: an abstract picture. */
  readonly places: readonly Place[];
  readonly time: Time;
  readonly weather: ReadonlySet<Weather>;
  readonly styles: ReadonlySet<Style>;
  readonly moods: ReadonlySet<Mood>;
  /** In the order in which the prompt names them. */
  readonly things: ReadonlySet<Thing>;
  /** How many of each thing are drawn: at least one, at most MAX_COUNT. */
  readonly counts: ReadonlyMap<Thing, number>;
  /** Must not be drawn, even where the scene adds it by default. */
  readonly banned: ReadonlySet<string>;
  /** Colours of the whole scene by priority; at most three. */
  readonly colours: readonly Tone[];
  /** Colours of the sky alone. */
  readonly sky: readonly Tone[];
  /** The colour of the scene's land, water or buildings. */
  readonly ground: Tone | null;
  /** Colours by the object that they precede in the prompt: "a red balloon". */
  readonly tints: ReadonlyMap<Thing, readonly Tone[]>;
  /** Whether the picture shows less than the prompt says, and has to be captioned. */
  readonly isIncomplete: boolean;
}

/** Of one kind at most so many are drawn; more are captioned. */
const MAX_COUNT = 6;
/** Things of which there is one, or a field, whatever the number. */
const UNCOUNTED = new Set<Thing>(
  ['moon', 'sun', 'stars', 'aurora', 'rainbow', 'comet', 'planet', 'flowers', 'birds', 'bridge', 'lighthouse', 'castle'],
); // prettier-ignore
const RANK = Object.keys(settings) as Place[];
const WATERED = new Set<Place>(['sea', 'lake', 'island', 'underwater', 'city']);
const LAKESIDE = new Set<Place>(['forest', 'mountains', 'meadow', 'river']);
const AFLOAT = new Set<Thing>(['boat', 'fisherman', 'duck', 'whale']);
const WATERSIDE = new Set<Thing>([...AFLOAT, 'bridge']);
const DEFAULT_PLACES = ['mountains', 'lake', 'sea', 'desert', 'meadow', 'forest'] as const;

/** The colour that the prompt gives to a thing, or to one of several. */
export function tintOf({ tints }: Pick<Subject, 'tints'>, thing: Thing, index = 0): Tone | undefined {
  const tones = tints.get(thing);
  return tones?.[index % tones.length];
}

const key = (meaning: Meaning): string =>
  meaning.kind === 'colour' ? `colour:${String(meaning.value.h)}` : meaning.value;

function choosePlaces(
  named: ReadonlySet<Place>,
  things: ReadonlySet<Thing>,
  banned: ReadonlySet<string>,
): Place[] {
  const wanted = new Set(named);
  const isWatered = [...named].some((place) => WATERED.has(place));
  // What swims below is seen under water; what floats needs water to float on.
  if (isWatered && [...things].every((thing) => homeOf(thing) === 'underwater') && things.size > 0)
    wanted.add('underwater');
  if (
    named.size > 0 &&
    !isWatered &&
    [...named].every((place) => LAKESIDE.has(place)) &&
    [...things].some((thing) => AFLOAT.has(thing) || (thing === 'bridge' && !named.has('river')))
  )
    wanted.add('lake');
  const places = RANK.filter((place) => wanted.has(place));
  if (places.length > 0) return places;
  // What needs water chooses the scene for what does not.
  const first = [...things].sort((one, other) => Number(WATERSIDE.has(other)) - Number(WATERSIDE.has(one)));
  const home = first.map(homeOf).find((place) => !banned.has(place));
  return home === undefined ? [] : [home];
}

interface Counting {
  readonly counts: ReadonlyMap<Thing, number>;
  /** Whether fewer are drawn than the prompt says. */
  readonly isShort: boolean;
}

function count(matched: readonly KnownWord[]): Counting {
  const counts = new Map<Thing, number>();
  let isShort = false;
  for (const { meaning, count: asked } of matched) {
    if (meaning.kind !== 'thing') continue;
    const drawn = UNCOUNTED.has(meaning.value) ? 1 : Math.min(MAX_COUNT, asked ?? 1);
    const isField = meaning.value === 'flowers' || meaning.value === 'stars' || meaning.value === 'birds';
    if (asked !== null && asked > drawn && !isField) isShort = true;
    counts.set(meaning.value, Math.max(drawn, counts.get(meaning.value) ?? 1));
  }
  // Chess is played by two.
  const players = counts.has('chess')
    ? [...counts].filter(([thing, number]) => thing !== 'chess' && number === 3 && !UNCOUNTED.has(thing))
    : [];
  for (const [thing] of players) counts.set(thing, 2);
  return { counts, isShort };
}

/** A scene that is one mass of colour takes its setting's colour as a whole. */
function spread(coloured: Colouring, place: Place | undefined): Pick<Subject, 'colours' | 'ground'> {
  if (place === undefined) return { colours: [...coloured.colours, ...coloured.strays], ground: null };
  const ground = coloured.settings.get(place);
  if (ground === undefined) return { colours: coloured.colours, ground: null };
  if (place === 'space' || place === 'underwater') return { colours: [ground, ...coloured.colours], ground };
  return { colours: coloured.colours, ground };
}

/** Parses prompt and negative prompt; what they do not specify is chosen by the random generator. */
export function read(prompt: string, negativePrompt: string | null, dice: Dice): Subject {
  const known = findKnownWords(prompt);
  const said = known.matched;
  const refused = [...findKnownWords(negativePrompt ?? '').matched, ...said.filter(({ negated }) => negated)];
  const banned = new Set(refused.map(({ meaning }) => key(meaning)));
  const matched = said.filter(({ negated, meaning }) => !negated && !banned.has(key(meaning)));
  const all = <K extends Kind>(kind: K): Set<MeaningOf<K>['value']> => {
    const matches = (meaning: Meaning): meaning is Meaning & MeaningOf<K> => meaning.kind === kind;
    const found = new Set<MeaningOf<K>['value']>();
    for (const { meaning } of matched) if (matches(meaning)) found.add(meaning.value);
    return found;
  };
  const [things, styles, weather, moods] = [all('thing'), all('style'), all('weather'), all('mood')];
  const { counts, isShort } = count(matched);
  const coloured = colouring({ ...known, matched });
  const chance = dice.fork('subject');
  const named = all('place');
  // Luminous signs belong to a city.
  if (moods.has('neon') && named.size === 0 && !banned.has('city')) named.add('city');
  let places = choosePlaces(named, things, banned);
  const plain = places.length === 0 && !styles.has('abstract') && !styles.has('geometric');
  const guessed = chance.shuffle(DEFAULT_PLACES.filter((place) => !banned.has(place)))[0];
  // A time, weather or mood alone gives a landscape; with an unknown noun it would be the landscape of something else.
  if (plain && guessed !== undefined && matched.length > 0 && known.unknown.size === 0) places = [guessed];
  if (styles.has('abstract')) places = [];
  const times: Time[] = ['dawn', 'noon', 'sunset', 'dusk', 'night', 'sunset', 'noon'];
  const wanted = [...all('time')][0] ?? impliedTime(things, places, weather, moods);
  const time = wanted ?? chance.shuffle(times.filter((value) => !banned.has(value)))[0] ?? 'noon';
  const unseen = places.length === 0 && things.size > 0;
  const isIncomplete = known.unknown.size > 0 || isShort || unseen || matched.length === 0;
  const { sky, tints } = coloured;
  return { places, time, weather, styles, moods, things, counts, banned, sky, tints, isIncomplete, ...spread(coloured, places[0]) }; // prettier-ignore
}

function impliedTime(
  things: ReadonlySet<Thing>,
  places: readonly Place[],
  weather: ReadonlySet<Weather>,
  moods: ReadonlySet<Mood>,
): Time | null {
  const isNight = (['moon', 'stars', 'aurora', 'comet'] as const).some((thing) => things.has(thing));
  if (places[0] === 'space' || isNight || moods.has('neon')) return 'night';
  if (things.has('rainbow') || things.has('sun') || places[0] === 'underwater') return 'noon';
  if (weather.has('fog')) return 'dawn';
  return weather.has('storm') ? 'dusk' : null;
}
