import { colours } from './colours.js';
import { moods, places, styles, times, weathers } from './scenes.js';
import { thingNames } from './subjects.js';

/** What compose() draws as it is named; it sets anything else in type. */
export interface Vocabulary {
  readonly subjects: readonly string[];
  readonly settings: readonly string[];
  readonly times: readonly string[];
  readonly weather: readonly string[];
  readonly colours: readonly string[];
  readonly styles: readonly string[];
  readonly moods: readonly string[];
}

/** The words that the pictures are read by, in their order: the first word of every entry of the tables. */
export const vocabulary: Vocabulary = {
  subjects: thingNames,
  settings: Object.keys(places),
  times: Object.keys(times),
  weather: Object.keys(weathers),
  colours: colours.flatMap(([words]) => words.split(' ')),
  styles: Object.keys(styles),
  moods: Object.keys(moods),
};
