import { describe, expect, it } from '@jest/globals';
import { Dice } from '../drawing/random.js';
import { read } from '../reading/subject.js';
import { meanings } from './lexicon.js';
import { places, times, weathers } from './scenes.js';
import { type SubjectEntry, subjects, type Thing } from './subjects.js';
import { vocabulary } from './vocabulary.js';

const entries = Object.entries(subjects) as [Thing, SubjectEntry][];
const things = (prompt: string): string[] => [...read(prompt, null, new Dice(1)).things];

/** Regular plurals; a word with another plural is in the list below. */
function pluralOf(word: string): string {
  if (/[^aeou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}
const WITHOUT_PLURAL =
  /people|birds|stars|noodles|sailing|camping|blooming|bloom|floral|borealis|starry|ringed|cacti|geese|fruit|light|man$/;

describe('the vocabulary', () => {
  it.each(entries)('reads every word of %s, and its plural', (thing, { words, near = '' }) => {
    for (const word of [...words.split(' '), ...near.split(' ')]) {
      if (word === '') continue;
      const spoken = word.replaceAll('-', ' ');
      expect([word, things(`a ${spoken}`)]).toEqual([word, expect.arrayContaining([thing])]);
      if (WITHOUT_PLURAL.test(word) || !/^[a-z-]+$/.test(word)) continue;
      const many = things(pluralOf(spoken));
      // Several birds are a flock.
      expect([word, many]).toEqual([word, expect.arrayContaining([word === 'bird' ? 'birds' : thing])]);
    }
  });

  it.each(['people', 'men', 'women', 'children', 'fishermen', 'snowmen', 'ladies', 'gentlemen', 'octopi'])(
    'knows the plural %s',
    (word) => {
      expect(meanings(word)).toMatchObject({ plural: true, meanings: [{ kind: 'thing' }] });
    },
  );

  it.each(entries.flatMap(([, { near }]) => (near === undefined ? [] : near.split(' '))))(
    'draws the kind of %s, and says so',
    (word) => {
      expect(read(`a ${word}`, null, new Dice(1)).isIncomplete).toBe(true);
    },
  );

  it('names what it reads, once each', () => {
    for (const [list, kind] of [
      [vocabulary.subjects, 'thing'],
      [vocabulary.settings, 'place'],
      [vocabulary.times, 'time'],
      [vocabulary.weather, 'weather'],
      [vocabulary.colours, 'colour'],
      [vocabulary.styles, 'style'],
      [vocabulary.moods, 'mood'],
    ] as const) {
      expect(new Set(list).size).toBe(list.length);
      for (const word of list)
        expect([word, meanings(word.replaceAll(' ', '-')).meanings.map((meaning) => meaning.kind)]).toEqual([
          word,
          expect.arrayContaining([kind]),
        ]);
    }
    expect(vocabulary.subjects).toEqual(Object.keys(subjects));
    expect(vocabulary.settings).toEqual(Object.keys(places));
    expect([...vocabulary.times, ...vocabulary.weather]).toEqual([
      ...Object.keys(times),
      ...Object.keys(weathers),
    ]);
  });
});
