import { describe, expect, it } from '@jest/globals';
import { compose } from '../painter.js';
import { thingNames, type Thing } from '../vocabulary/subjects.js';

const sizes = [
  [512, 512],
  [1024, 448],
  [448, 1024],
] as const;

const draw = (prompt: string, [width, height]: readonly [number, number], seed = 7): string =>
  compose({ prompt, negativePrompt: null, seed, width, height });

/** The groups of a subject, in the order of the drawing. */
const groupsOf = (svg: string, name: string): string[] =>
  [...svg.matchAll(/<g id="([a-z-]+)-\d">(.*?)<\/g>/g)]
    .filter((match) => match[1] === name)
    .map((match) => match[2] ?? '');

const idOf = (thing: Thing): string => thing.replaceAll(' ', '-');

/** The corners of a path's points; arcs are bounded by their end points and radii. Light that fades away is left out. */
function corners(svg: string, group: string): [number, number, number, number] {
  const faded = new Set(
    [...svg.matchAll(/<(?:linear|radial)Gradient id="(g\d+)"(?:(?!Gradient>).)*stop-opacity="0"/g)].map(
      (match) => match[1],
    ),
  );
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [, d = '', fill = ''] of group.matchAll(/<path d="([^"]*)" fill="([^"]*)"/g)) {
    if (faded.has(/#(g\d+)/.exec(fill)?.[1] ?? '')) continue;
    let [x, y] = [0, 0];
    const see = (px: number, py: number): void => {
      [left, top, right, bottom] = [
        Math.min(left, px),
        Math.min(top, py),
        Math.max(right, px),
        Math.max(bottom, py),
      ];
    };
    for (const [, command = '', list = ''] of d.matchAll(/([MLCQAHVhvlqaZ])([^MLCQAHVhvlqaZ]*)/g)) {
      const values = (list.match(/-?[0-9.]+/g) ?? []).map(Number);
      if (command === 'H') x = values[0] ?? x;
      else if (command === 'V') y = values[0] ?? y;
      else if (command === 'h') x += values[0] ?? 0;
      else if (command === 'v') y += values[0] ?? 0;
      else if (command !== 'Z') {
        const isRelative = command === command.toLowerCase();
        const [dx = 0, dy = 0] = values.slice(-2);
        [x, y] = isRelative ? [x + dx, y + dy] : [dx, dy];
      }
      see(x, y);
    }
  }
  return [left, top, right, bottom];
}

/** These cross the frame by their nature. */
const CROSSING = new Set<Thing>([
  'bridge',
  'flowers',
  'stars',
  'aurora',
  'rainbow',
  'comet',
  'pine',
  'sun',
  'moon',
  'planet',
]);

describe.each(thingNames)('a picture of %s', (thing) => {
  it.each(sizes)('shows it inside a frame of %i by %i', (width, height) => {
    for (const seed of [1, 2, 3]) {
      const svg = draw(`a ${thing}`, [width, height], seed);
      const groups = groupsOf(svg, idOf(thing));
      expect(groups.length).toBeGreaterThanOrEqual(1);
      expect(groups[0]?.length).toBeGreaterThan(60);
      if (CROSSING.has(thing)) continue;
      for (const group of groups) {
        const [left, top, right, bottom] = corners(svg, group);
        expect({
          left: left >= -2,
          top: top >= -2,
          right: right <= width + 2,
          bottom: bottom <= height + 8,
        }).toEqual({
          left: true,
          top: true,
          right: true,
          bottom: true,
        });
        expect(Math.max(right - left, bottom - top)).toBeGreaterThan(Math.sqrt(width * height) * 0.09);
      }
    }
  });

  it('needs no caption, and differs from the place without it', () => {
    const svg = draw(`a ${thing}`, [512, 512]);
    expect(svg).not.toContain('id="caption"');
    expect(draw(`a ${thing}`, [512, 512])).toBe(svg);
  });
});

describe('several subjects', () => {
  it.each([
    ['two cats', 'cat', 2],
    ['four robots on a beach', 'robot', 4],
    ['six penguins', 'penguin', 6],
    ['three red balloons', 'balloon', 3],
    ['five fish', 'fish', 5],
    ['butterflies', 'butterfly', 3],
    ['two boats on a lake', 'boat', 2],
    ['three trees and two houses', 'tree', 3],
  ])('of %j are drawn one by one: %s %i', (prompt, thing, number) => {
    for (const size of sizes) {
      const svg = draw(prompt, size);
      const boxes = groupsOf(svg, thing).map((group) => corners(svg, group));
      expect(boxes).toHaveLength(number);
      for (const [left, top, right] of boxes) expect(left > -2 && top > -2 && right < size[0] + 2).toBe(true);
    }
  });

  it('stand side by side without covering each other', () => {
    for (const prompt of ['two cats and a dog', 'a fox, a bear and an owl', 'astronauts playing chess']) {
      const svg = draw(prompt, [768, 512]);
      const spans = ['cat', 'dog', 'fox', 'bear', 'owl', 'astronaut', 'chess']
        .flatMap((name) => groupsOf(svg, name).map((group) => corners(svg, group)))
        .map(([left, , right]) => [left, right] as const)
        .sort((one, other) => one[0] - other[0]);
      expect(spans).toHaveLength(3);
      for (const [index, [left]] of spans.slice(1).entries())
        expect(left).toBeGreaterThan((spans[index]?.[1] ?? 0) - 8);
    }
  });

  it.each([
    ['a fox in a snowy forest', ['fox']],
    ['a red fox under a blue moon', ['fox', 'moon']],
    ['two people, a dog and a house', ['person', 'dog', 'house']],
    ['a castle, a red balloon and a horse', ['castle', 'balloon', 'horse']],
    ['a book and a cup of coffee on a table', ['book', 'coffee']],
  ])('of %j are all drawn', (prompt, names) => {
    for (const size of sizes)
      for (const name of names) expect(groupsOf(draw(prompt, size), name)).not.toEqual([]);
  });

  it('of the sea alone need no shore', () => {
    const ofSea = draw('a whale in the sea at noon', [512, 512]);
    expect(groupsOf(ofSea, 'whale')).toHaveLength(1);
    expect(groupsOf(draw('a whale under water', [512, 512]), 'whale')).toHaveLength(1);
    expect(draw('a whale in a desert', [512, 512])).toContain('id="caption"');
  });

  it('give their colours to themselves', () => {
    const fills = (prompt: string, name: string): string => {
      const svg = draw(prompt, [512, 512]);
      const [group = ''] = groupsOf(svg, name);
      return (
        group
          .replaceAll(/url\(#g\d+\)/g, '')
          .match(/fill="(#[0-9a-f]{6})"/g)
          ?.join() ?? ''
      );
    };
    const plain = fills('a fox and a dog in a forest at noon', 'dog');
    expect(fills('a violet fox and a dog in a forest at noon', 'dog')).toBe(plain);
    expect(fills('a violet fox and a green dog in a forest at noon', 'dog')).not.toBe(plain);
  });
});
