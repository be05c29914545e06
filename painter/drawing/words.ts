import { tone, type Tone } from './tone.js';

export type Place =
  'space' | 'city' | 'sea' | 'island' | 'lake' | 'desert' | 'forest' | 'river' | 'mountains' | 'meadow';
export type Time = 'dawn' | 'noon' | 'sunset' | 'dusk' | 'night';
export type Weather = 'rain' | 'snow' | 'fog' | 'storm' | 'clouds' | 'clear';
export type Style = 'minimal' | 'watercolor' | 'geometric' | 'abstract';
export type Mood = 'dark' | 'bright' | 'pastel' | 'vivid' | 'retro' | 'muted' | 'autumn' | 'asleep';
export type Thing =
  | 'lighthouse' | 'castle' | 'house' | 'mill' | 'tent' | 'bridge' | 'boat' | 'balloon' | 'rocket'
  | 'tree' | 'pine' | 'palm' | 'cactus' | 'flowers' | 'cat' | 'birds' | 'whale' | 'traveller'
  | 'moon' | 'sun' | 'stars' | 'planet' | 'aurora' | 'rainbow' | 'comet'; // prettier-ignore

interface Values {
  place: Place;
  time: Time;
  weather: Weather;
  style: Style;
  mood: Mood;
  thing: Thing;
  colour: Tone;
}
export type Kind = keyof Values;
export interface MeaningOf<K extends Kind> {
  readonly kind: K;
  readonly value: Values[K];
}
export type Meaning = { [K in Kind]: MeaningOf<K> }[Kind];

const places: Record<Place, string> = {
  space: 'space galaxy cosmos cosmic universe nebula orbit interstellar astronaut milky-way 🌌',
  city: 'city skyline town downtown street streets urban metropolis skyscraper tokyo york london paris building office 🏙 🌆 🌃',
  sea: 'sea ocean coast coastal shore beach wave harbor harbour port bay cliff seaside marine tide underwater 🌊',
  island: 'island isle tropical tropic atoll lagoon paradise 🏝',
  lake: 'lake pond fjord reservoir loch',
  desert: 'desert dune sahara sand canyon mesa oasis mars 🏜',
  forest: 'forest wood woods woodland jungle grove taiga rainforest',
  river: 'river stream creek brook waterfall canal valley',
  mountains: 'mountain peak alps alpine himalaya summit ridge volcano hiking everest highland 🏔 ⛰ 🗻',
  meadow:
    'meadow field hill prairie grassland pasture garden farm countryside steppe village park orchard vineyard 🌾',
};
const times: Record<Time, string> = {
  dawn: 'dawn sunrise morning daybreak 🌅',
  noon: 'noon day daytime midday sunny afternoon summer daylight',
  sunset: 'sunset golden-hour evening sundown 🌇',
  dusk: 'dusk twilight gloaming blue-hour',
  night: 'night midnight nighttime nocturnal moonlit moonlight starry nocturne',
};
const weathers: Record<Weather, string> = {
  rain: 'rain rainy raining drizzle wet downpour monsoon 🌧',
  snow: 'snow snowy snowing winter frost frosty frozen ice icy blizzard arctic christmas ❄ ⛄',
  fog: 'fog foggy mist misty haze hazy smoke',
  storm: 'storm stormy thunder thunderstorm lightning tempest hurricane ⛈ ⚡',
  clouds: 'cloud cloudy overcast ☁',
  clear: 'clear cloudless',
};
const styles: Record<Style, string> = {
  minimal: 'minimal minimalist minimalism simple zen empty clean',
  watercolor: 'watercolor watercolour aquarelle painting painted painterly gouache ink',
  geometric: 'geometric geometry lowpoly low-poly polygon angular cubist cubism bauhaus triangle',
  abstract: 'abstract abstraction pattern texture generative fractal particle quantum wallpaper',
};
const moods: Record<Mood, string> = {
  dark: 'dark moody gloomy ominous somber sombre gothic noir melancholy mysterious haunted',
  bright: 'bright cheerful happy joyful light airy fresh radiant',
  pastel: 'pastel soft dreamy gentle delicate calm serene peaceful tranquil spring cozy cosy',
  vivid: 'vivid vibrant neon saturated colorful colourful bold electric cyberpunk synthwave psychedelic',
  retro: 'retro vintage nostalgic old poster seventies 1970s',
  muted: 'muted subdued faded desaturated dull',
  autumn: 'autumn autumnal october november 🍂 🍁',
  asleep: 'sleeping asleep sleepy sleep resting napping nap curled dozing lying',
};
const things: Record<Thing, string> = {
  lighthouse: 'lighthouse beacon',
  castle: 'castle fortress palace citadel tower kingdom 🏰',
  house: 'house cottage cabin home hut farmhouse barn chalet village church 🏠 🏡',
  mill: 'windmill mill',
  tent: 'tent camp camping campsite ⛺ 🏕',
  bridge: 'bridge viaduct 🌉',
  boat: 'boat ship sailboat sail sailing yacht vessel harbor harbour ⛵',
  balloon: 'balloon 🎈',
  rocket: 'rocket spaceship spacecraft shuttle 🚀',
  tree: 'tree oak maple birch willow blossom cherry sakura 🌳',
  pine: 'pine fir spruce conifer 🌲 🎄',
  palm: 'palm 🌴',
  cactus: 'cactus cacti saguaro 🌵',
  flowers:
    'flower floral rose tulip poppy daisy wildflower blooming bloom bouquet garden sunflower 🌸 🌷 🌺 🌻',
  cat: 'cat kitten kitty feline 🐈 🐱',
  birds: 'bird seagull gull flock crow raven swallow goose geese eagle 🐦',
  whale: 'whale 🐋 🐳',
  traveller:
    'traveller traveler person people man woman girl boy wanderer hiker monk figure samurai knight astronaut child',
  moon: 'moon lunar crescent 🌙 🌕',
  sun: 'sun solar ☀',
  stars: 'star starry starlight constellation milky-way ⭐ ✨',
  planet: 'planet saturn jupiter ringed 🪐',
  aurora: 'aurora northern-lights borealis',
  rainbow: 'rainbow 🌈',
  comet: 'comet meteor shooting-star ☄ 🌠',
};
/** Colour words to lightness, chroma and hue. A scene uses the hue only, a single object the whole tone. */
const colours: readonly (readonly [string, Tone])[] = [
  ['red', tone(0.6, 0.2, 27)],
  ['scarlet vermilion', tone(0.62, 0.21, 33)],
  ['crimson ruby burgundy maroon cherry', tone(0.52, 0.19, 17)],
  ['pink rose rosy salmon blush', tone(0.78, 0.13, 2)],
  ['magenta fuchsia', tone(0.62, 0.23, 335)],
  ['purple plum mauve amethyst', tone(0.52, 0.18, 312)],
  ['violet ultraviolet', tone(0.55, 0.18, 296)],
  ['lavender lilac', tone(0.76, 0.1, 303)],
  ['indigo', tone(0.42, 0.16, 278)],
  ['blue cobalt sapphire', tone(0.58, 0.16, 256)],
  ['navy', tone(0.36, 0.1, 262)],
  ['azure cerulean', tone(0.7, 0.13, 238)],
  ['cyan aqua', tone(0.78, 0.12, 208)],
  ['turquoise', tone(0.75, 0.12, 190)],
  ['teal', tone(0.58, 0.1, 194)],
  ['mint', tone(0.84, 0.09, 165)],
  ['green emerald jade', tone(0.62, 0.15, 152)],
  ['lime chartreuse', tone(0.8, 0.18, 126)],
  ['olive sage', tone(0.62, 0.09, 118)],
  ['yellow lemon', tone(0.87, 0.17, 100)],
  ['gold golden honey', tone(0.78, 0.14, 82)],
  ['amber ochre mustard', tone(0.74, 0.15, 72)],
  ['orange tangerine', tone(0.72, 0.17, 55)],
  ['copper bronze rust terracotta', tone(0.58, 0.13, 44)],
  ['coral peach apricot', tone(0.76, 0.13, 38)],
  ['brown sepia chocolate', tone(0.46, 0.07, 55)],
  ['beige cream ivory', tone(0.9, 0.035, 85)],
  ['white', tone(0.97, 0.008, 90)],
  ['silver', tone(0.8, 0.012, 250)],
  ['grey gray monochrome', tone(0.6, 0.006, 260)],
  ['black', tone(0.2, 0.01, 270)],
];

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

learnAll(places, (value) => ({ kind: 'place', value }));
learnAll(times, (value) => ({ kind: 'time', value }));
learnAll(weathers, (value) => ({ kind: 'weather', value }));
learnAll(styles, (value) => ({ kind: 'style', value }));
learnAll(moods, (value) => ({ kind: 'mood', value }));
learnAll(things, (value) => ({ kind: 'thing', value }));
for (const [words, value] of colours) learn(words, { kind: 'colour', value });

/** The meaning of a word; a plural is looked up as its singular. Unknown words have none. */
export function meanings(word: string): readonly Meaning[] {
  const forms = [word, word.replace(/s$/, ''), word.replace(/es$/, ''), word.replace(/ies$/, 'y')];
  return forms.map((form) => lexicon.get(form)).find((found) => found !== undefined) ?? [];
}
