import { describe, expect, it } from '@jest/globals';
import { Dice } from './random.js';
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

  it('assigns a colour to the object it precedes, and otherwise to the scene', () => {
    const { tints, colours } = subject('a red balloon over a violet sea');
    expect(tints.get('balloon')?.h).toBe(27);
    expect(colours.map(({ h }) => h)).toEqual([296]);
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
