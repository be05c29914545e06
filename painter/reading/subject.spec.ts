import { describe, expect, it } from '@jest/globals';
import { Dice } from '../drawing/random.js';
import { read, type Subject } from './subject.js';

const subject = (prompt: string, negative: string | null = null): Subject =>
  read(prompt, negative, new Dice(1));

describe('read', () => {
  it.each([
    ['a lighthouse over the ocean', 'sea'],
    ['a lighthouse', 'sea'],
    ['snowy peaks', 'mountains'],
    ['two cities', 'city'],
    ['a cactus', 'desert'],
    ['a bridge', 'river'],
    ['the Milky Way', 'space'],
    ['FOREST', 'forest'],
    ['🏝', 'island'],
  ])('finds the place of %j: %s', (prompt, place) => {
    expect(subject(prompt).places[0]).toBe(place);
  });

  it.each([
    ['golden hour in a field', 'sunset'],
    ['a city at midnight', 'night'],
    ['stars over a lake', 'night'],
    ['sunrise', 'dawn'],
    ['a stormy sea', 'dusk'],
  ])('finds the hour of %j: %s', (prompt, time) => {
    expect(subject(prompt).time).toBe(time);
  });

  describe('colours', () => {
    const hues = (tones: readonly { h: number }[] = []): number[] => tones.map(({ h }) => h);

    it.each([
      ['a red fox under a blue moon', 'fox', [27], 'moon', [256]],
      ['a blue moon over a red fox', 'fox', [27], 'moon', [256]],
      ['a green bird on a yellow car', 'bird', [152], 'car', [100]],
      ['red and blue balloons over a white house', 'balloon', [27, 256], 'house', [90]],
      ['an orange cat and a black dog', 'cat', [55], 'dog', [270]],
      ['a mint green robot beside a shiny pink lantern', 'robot', [152], 'lantern', [2]],
      ['a cherry blossom', 'tree', [2], 'fox', []],
    ] as const)('of %j go to their nouns only', (prompt, one, first, other, second) => {
      const { tints, colours, ground, sky } = subject(prompt);
      expect([hues(tints.get(one)), hues(tints.get(other))]).toEqual([first, second]);
      expect([colours, ground, sky]).toEqual([[], null, []]);
    });

    it('of a setting go to its ground, of the sky to the sky, and of no noun to the whole picture', () => {
      const lighthouse = subject('a lighthouse over a violet sea');
      expect([lighthouse.ground?.h, lighthouse.colours, lighthouse.tints.size]).toEqual([296, [], 0]);
      expect(hues(subject('a green sky over a desert').sky)).toEqual([152]);
      expect(hues(subject('a misty forest, all in teal').colours)).toEqual([194]);
    });

    it('of an unknown noun colour nothing but a composition', () => {
      expect(subject('a blue quokka in a forest')).toMatchObject({ colours: [], ground: null });
      expect(subject('a blue one with a fox').tints.size).toBe(0);
      expect(hues(subject('a blue quokka').colours)).toEqual([256]);
    });

    it('reads a word for a colour and a thing by what follows it', () => {
      expect([...subject('an orange').things]).toEqual(['lemon']);
      expect([...subject('an orange cat').things]).toEqual(['cat']);
      expect([...subject('a rose').things]).toEqual(['flowers']);
    });
  });

  it.each([
    ['two cats', 'cat', 2],
    ['a cat', 'cat', 1],
    ['cats', 'cat', 3],
    ['3 red balloons', 'balloon', 3],
    ['five orange fish', 'fish', 5],
    ['a couple of wild horses', 'horse', 2],
    ['astronauts playing chess', 'astronaut', 2],
    ['two people and a dog', 'dog', 1],
    ['fishermen', 'fisherman', 3],
    ['999 owls', 'owl', 6],
  ] as const)('counts %j: %s %i', (prompt, thing, number) => {
    expect(subject(prompt).counts.get(thing)).toBe(number);
  });

  it.each([
    'a fox in a snowy forest', 'astronauts playing chess', 'a bowl of ramen', 'an old fisherman', 'a neon city at night',
    'a beautiful detailed photo of two cats', 'a lake without people', '🦊', 'misty morning', 'abstract sea',
  ])('shows all of %j', (prompt) => {
    expect(subject(prompt).isIncomplete).toBe(false);
  }); // prettier-ignore

  it.each([
    'quantum entropy', 'a quokka in a forest', 'a knight and a castle', 'a cat playing the piano', 'seven owls', 'a hundred cats',
    'a wolf', 'a mouse in a hat', 'paris at night', '猫と月', '🦄', 'a beautiful picture', '', 'an abstract fox',
  ])('says that it does not show all of %j', (prompt) => {
    expect(subject(prompt).isIncomplete).toBe(true);
  }); // prettier-ignore

  it.each(['quantum entropy', 'justice at night', 'a blue quokka', 'a foggy tuesday'])(
    'finds no landscape for %j',
    (prompt) => {
      for (const seed of [1, 2, 3, 4, 5, 6])
        expect(read(prompt, null, new Dice(seed))).toMatchObject({ places: [], things: new Set() });
    },
  );

  it.each([
    ['a fox in a snowy forest', ['forest']],
    ['fish in the sea', ['underwater', 'sea']],
    ['a boat in the mountains', ['lake', 'mountains']],
    ['a fisherman in a forest', ['lake', 'forest']],
    ['a bowl of ramen', ['table']],
    ['a train crossing a bridge', ['river']],
    ['a bridge in a forest', ['lake', 'forest']],
    ['a neon cat', ['city']],
    ['two children building a castle', ['meadow']],
    ['an astronaut in a meadow', ['meadow']],
  ])('puts %j into its setting', (prompt, places) => {
    expect(subject(prompt).places).toEqual(places);
  });

  it('finds no place in abstract prompts', () => {
    expect(subject('abstract sea').places).toEqual([]);
  });

  it.each([
    ['a lake with a boat', 'boat'],
    ['a lake with a boat', 'a boat, people, text'],
    ['a lake with no boat', null],
    ['a lake without a boat', null],
  ])('does not put a boat on the lake of %j with negative %j', (prompt, negative) => {
    expect(subject(prompt, negative).things.has('boat')).toBe(false);
  });

  it('uses another place when the negative prompt excludes one', () => {
    expect(subject('a lighthouse', 'sea').places).not.toContain('sea');
    expect(subject('sea and mountains', 'sea').places).toEqual(['mountains']);
  });
});
