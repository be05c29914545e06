import { at, box, figure, pill, type Point, polygon } from '../drawing/pen.js';
import type { Dice } from '../drawing/random.js';
import { layer, lit, type Stage } from '../drawing/stage.js';
import { hex, mix, shade, tone, type Tone } from '../drawing/tone.js';

interface Tower {
  readonly x: number;
  readonly top: number;
  readonly wide: number;
  readonly roof: 'flat' | 'step' | 'slant' | 'spire' | 'gable';
}

function plan({ width, unit }: Stage, chance: Dice, base: number, rise: number): Tower[] {
  const towers: Tower[] = [];
  const crown = chance.between(0.3, 0.7);
  for (let x = -0.02 * width; x < width * 1.02;) {
    const wide = unit * chance.between(0.045, 0.1);
    const away = Math.abs(x / width - crown);
    const tall = rise * (0.42 + 0.58 * Math.exp(-away * away * 9)) * chance.between(0.5, 1);
    towers.push({
      x,
      top: base - tall,
      wide,
      roof: chance.pick(['flat', 'flat', 'step', 'slant', 'spire', 'gable']),
    });
    x += wide * chance.between(0.86, 1.15);
  }
  return towers;
}

function outline({ x, top, wide, roof }: Tower, base: number): string {
  const [right, middle] = [x + wide, x + wide / 2];
  const body = (points: readonly Point[]): string => polygon([[x, base], ...points, [right, base]]);
  switch (roof) {
    case 'step':
      return body([[x, top + wide * 0.4], [x + wide * 0.2, top + wide * 0.4], [x + wide * 0.2, top], [right - wide * 0.2, top], [right - wide * 0.2, top + wide * 0.4], [right, top + wide * 0.4]]); // prettier-ignore
    case 'slant':
      return body([[x, top + wide * 0.35], [right, top]]); // prettier-ignore
    case 'spire':
      return body([[x, top + wide * 0.5], [x + wide * 0.25, top + wide * 0.2], [middle - 1.5, top], [middle - 1, top - wide * 0.8], [middle + 1, top - wide * 0.8], [middle + 1.5, top], [right - wide * 0.25, top + wide * 0.2], [right, top + wide * 0.5]]); // prettier-ignore
    case 'gable':
      return body([[x, top + wide * 0.3], [middle, top], [right, top + wide * 0.3]]); // prettier-ignore
    case 'flat':
      return (
        body([
          [x, top],
          [right, top],
        ]) + box(x + wide * 0.2, top - wide * 0.14, wide * 0.25, wide * 0.15)
      );
  }
}

/** Windows of all towers of a row, as one outline per lamp colour. */
function windows(
  towers: readonly Tower[],
  base: number,
  chance: Dice,
  share: number,
  pane: number,
): [string, string] {
  const lists: [string, string] = ['', ''];
  for (const { x, top, wide } of towers) {
    const columns = Math.max(2, Math.floor((wide * 0.8) / (pane * 2)));
    const gap = (wide * 0.8) / columns;
    const busy = share * chance.between(0.35, 1.5);
    for (let y = top + wide * 0.62; y < base - pane * 2; y += pane * 2.7) {
      for (let column = 0; column < columns; column += 1) {
        if (!chance.chance(busy)) continue;
        const list = chance.chance(0.78) ? 0 : 1;
        lists[list] += box(x + wide * 0.1 + gap * (column + 0.22), y, gap * 0.56, pane * 1.5);
      }
    }
  }
  return lists;
}

/** Three rows of towers, the nearest darkest; at night their windows are lit. Returns the tops for a reflection. */
export function paintSkyline(stage: Stage, base: number): void {
  const { pen, dice, unit, palette, height, subject } = stage;
  const rows = subject.styles.has('minimal') ? [0.35, 0.95] : [0.12, 0.45, 0.92];
  rows.forEach((depth, row) => {
    const chance = dice.fork(`skyline${row}`);
    const towers = plan(stage, chance, base, height * (0.5 - 0.13 * row * (3 / rows.length)));
    const colour = layer(stage, depth);
    const d = towers.map((tower) => outline(tower, base)).join('');
    const fill = pen.linear(
      [0, base - height * 0.42],
      [0, base],
      [
        { at: 0, tone: colour },
        { at: 1, tone: mix(colour, palette.sky[3], (1 - depth) * 0.42 + 0.08) },
      ],
    );
    pen.path(d, { fill });
    const shadows = towers
      .map(({ x, top, wide }) =>
        box(lit(stage, x) === 1 ? x : x + wide * 0.55, top + wide * 0.5, wide * 0.45, base - top),
      )
      .join('');
    pen.path(shadows, { fill: hex(shade(colour, -0.08)), opacity: depth * 0.28 });
    const share = palette.dark ? 0.3 + depth * 0.22 : 0.16;
    const [warm, cool] = windows(towers, base, chance, share, unit * (0.0042 + 0.0028 * depth));
    const lamp = palette.dark ? palette.lamp : mix(colour, palette.light, 0.32);
    pen.path(warm, { fill: hex(mix(lamp, colour, (1 - depth) * 0.5)), opacity: 0.9 });
    pen.path(cool, {
      fill: hex(mix(mix(lamp, palette.accent, 0.55), colour, (1 - depth) * 0.4)),
      opacity: 0.9,
    });
  });
}

/** Draws the glow of city lights above the skyline. */
export function paintCityGlow({ pen, palette, width, unit, subject }: Stage, base: number): void {
  // Amber over blue would give grey, so a sky of one requested colour keeps its colour.
  const warm = subject.colours.length > 0 ? palette.sky[3] : tone(0.58, 0.14, palette.sky[2].h + 70);
  const fill = pen.radial(width / 2, base, unit * 0.8, [
    { at: 0, tone: warm, alpha: 0.5 },
    { at: 0.5, tone: warm, alpha: 0.2 },
    { at: 1, tone: warm, alpha: 0 },
  ]);
  pen.path(box(-5, base - unit * 0.8, width + 10, unit * 0.8), { fill });
}

/** Wet ground or harbour below the skyline, with the lights reflected as broken bars. */
export function paintWetGround(stage: Stage, top: number): void {
  const { pen, dice, palette, width, height, unit } = stage;
  const chance = dice.fork('wet');
  const [far, near] = [mix(palette.near, palette.sky[3], 0.3), mix(palette.near, palette.sky[0], 0.35)];
  const fill = pen.linear(
    [0, top],
    [0, height],
    [
      { at: 0, tone: far },
      { at: 0.4, tone: mix(far, near, 0.7) },
      { at: 1, tone: shade(near, -0.03) },
    ],
  );
  pen.path(box(-5, top, width + 10, height - top), { fill });
  const tints: Tone[] = palette.dark
    ? [palette.lamp, mix(palette.lamp, palette.accent, 0.7), palette.accent, palette.sky[3]]
    : [palette.light, palette.sky[3], palette.sky[2], palette.accent];
  tints.forEach((colour, index) => {
    let d = '';
    for (let column = 0; column < 11; column += 1) {
      const x = chance.next() * width;
      const reach = (height - top) * chance.between(0.3, 0.95);
      for (let y = top + 3; y < top + reach; y += unit * 0.012) {
        if (chance.chance(0.3)) continue;
        const depth = (y - top) / (height - top);
        const length = unit * chance.between(0.008, 0.03) * (0.5 + depth);
        d += pill(x - length / 2 + chance.between(-3, 3), y, length, unit * (0.002 + 0.0035 * depth));
      }
    }
    const glow = pen.linear(
      [0, top],
      [0, height],
      [
        { at: 0, tone: colour, alpha: 0.75 },
        { at: 1, tone: colour, alpha: index === 3 ? 0.12 : 0.04 },
      ],
    );
    pen.path(d, { fill: glow });
  });
}

/** A parapet in front of the skyline, as ground for objects. */
export function paintParapet(stage: Stage, y: number): void {
  const { pen, palette, width, height, unit } = stage;
  const colour = shade(palette.near, -0.05, 0.8);
  pen.path(box(-5, y, width + 10, height - y), { fill: hex(colour) });
  pen.path(box(-5, y, width + 10, unit * 0.016), {
    fill: hex(mix(shade(colour, 0.07), palette.sky[3], 0.1)),
  });
  let joints = '';
  for (let x = unit * 0.06; x < width; x += unit * 0.15)
    joints += `M${at(x, y + unit * 0.016)}V${figure(height)}`;
  pen.path(joints, { stroke: hex(shade(colour, 0.035)), line: 1.5, opacity: 0.6 });
}
