import type { Contour } from './land.js';
import { at, box, curve, type Point, pill } from '../drawing/pen.js';
import { type Stage } from '../drawing/stage.js';
import { hex, mix, shade } from '../drawing/tone.js';

/** Open water between two heights: a darker gradient of the sky, ripples and the reflection of the light. */
export function paintWater(stage: Stage, top: number, bottom: number): void {
  const { pen, palette, width } = stage;
  const [far, near] = palette.water;
  const fill = pen.linear(
    [0, top],
    [0, bottom],
    [
      { at: 0, tone: far },
      { at: 0.12, tone: mix(far, near, 0.3) },
      { at: 0.45, tone: mix(far, near, 0.68) },
      { at: 1, tone: near },
    ],
  );
  pen.path(box(-5, top, width + 10, bottom - top), { fill });
  if (stage.subject.weather.has('storm')) paintSwell(stage, top, bottom);
  paintRipples(stage, top, bottom);
  paintGlitter(stage, top, bottom);
}

/** The long waves of a storm, each with a pale crest. */
function paintSwell({ pen, dice, palette, width }: Stage, top: number, bottom: number): void {
  const [far, near] = palette.water;
  for (const depth of [0.08, 0.2, 0.36, 0.56, 0.8]) {
    const chance = dice.fork(`swell${depth}`);
    const phase = chance.between(0, 6);
    const lift = (bottom - top) * (0.02 + 0.075 * depth);
    const line = Array.from({ length: 29 }, (_, step): Point => {
      const swing = Math.abs(Math.sin((step / 28) * (13 - depth * 7) + phase));
      return [
        (step / 28) * width * 1.04 - width * 0.02,
        top + (bottom - top) * depth + lift * (0.5 - swing ** 0.7),
      ];
    });
    const fill = pen.linear(
      [0, top + (bottom - top) * depth - lift],
      [0, top + (bottom - top) * depth + lift * 3],
      [
        { at: 0, tone: mix(far, near, 0.35 + depth * 0.35) },
        { at: 1, tone: mix(far, shade(near, -0.05), 0.6 + depth * 0.4) },
      ],
    );
    pen.path(`${curve(line)}L${at(width * 1.1, bottom)}L${at(-width * 0.1, bottom)}Z`, { fill });
    pen.path(curve(line), {
      stroke: hex(mix(palette.light, far, 0.45)),
      line: 1 + 2.5 * depth,
      opacity: 0.5,
    });
  }
}

/** Reflection of land: its silhouette mirrored, flattened and fading. */
export function paintReflection(
  stage: Stage,
  contour: Contour,
  top: number,
  share: number,
  colour = stage.palette.far,
): void {
  const { pen, palette } = stage;
  const mirrored = contour.map(([x, y]): Point => [x, top + Math.max(0, top - y) * share]);
  const depth = Math.max(...mirrored.map(([, y]) => y));
  const fill = pen.linear(
    [0, top],
    [0, depth],
    [
      { at: 0, tone: mix(colour, palette.water[1], 0.3), alpha: 0.7 },
      { at: 1, tone: palette.water[1], alpha: 0.12 },
    ],
  );
  const [first, last] = [mirrored[0], mirrored[mirrored.length - 1]];
  if (first === undefined || last === undefined) return;
  pen.path(`M${at(first[0], top)}L${mirrored.map(([x, y]) => at(x, y)).join('L')}L${at(last[0], top)}Z`, {
    fill,
  });
}

function paintRipples({ pen, dice, width, palette, subject }: Stage, top: number, bottom: number): void {
  const chance = dice.fork('ripples');
  const wild = subject.weather.has('storm') ? 1.7 : 1;
  for (const [share, colour, opacity] of [
    [0.5, shade(palette.water[0], 0.04), 0.34],
    [0.5, shade(palette.water[1], -0.07), 0.4],
  ] as const) {
    // prettier-ignore
    let d = '';
    for (let index = 0; index < 110 * share; index += 1) {
      const depth = chance.next() ** 1.5;
      const y = top + (bottom - top) * (0.02 + 0.98 * depth);
      const length = width * (0.018 + 0.13 * depth) * chance.between(0.4, 1);
      const thick = (1 + 6 * depth) * (width / 1024) * wild;
      const x = chance.next() * (width + length) - length;
      d += `M${at(x, y)}Q${at(x + length / 2, y - thick)} ${at(x + length, y)}Q${at(x + length / 2, y + thick * 0.6)} ${at(x, y)}Z`;
    }
    pen.path(d, { fill: hex(colour), opacity });
  }
}

function paintGlitter(
  { pen, dice, unit, palette, light, subject }: Stage,
  top: number,
  bottom: number,
): void {
  if (subject.weather.has('storm') || subject.weather.has('rain')) return;
  const chance = dice.fork('glitter');
  const night = subject.time === 'night';
  const spread = subject.time === 'noon' ? 1.9 : 1;
  for (const [count, opacity] of [
    [34, 0.8],
    [46, 0.35],
  ] as const) {
    // prettier-ignore
    let d = '';
    for (let index = 0; index < count; index += 1) {
      const depth = ((index + chance.next()) / count) ** 1.35;
      const y = top + 2 + (bottom - top) * depth * 0.96;
      const reach = unit * (0.035 + 0.13 * depth) * spread;
      const length = reach * chance.between(0.25, 1) * (opacity > 0.5 ? 0.75 : 1.2);
      const thick = unit * (0.0022 + 0.0085 * depth);
      d += pill(light[0] + chance.between(-0.65, 0.65) * reach - length / 2, y, length, thick);
    }
    pen.path(d, {
      fill: hex(mix(palette.light, palette.sky[3], 0.25)),
      opacity: night ? opacity * 0.6 : opacity * 0.85,
    });
  }
}

/** A river that widens towards the viewer in two bends. */
export function paintRiver(stage: Stage, top: number): (y: number) => readonly [left: number, right: number] {
  const { pen, dice, palette, width, height } = stage;
  const chance = dice.fork('river');
  const start = chance.between(0.35, 0.65);
  const bend = chance.sign() * chance.between(0.1, 0.17);
  const bank = (y: number): readonly [number, number] => {
    const depth = Math.min(1, Math.max(0, (y - top) / (height - top)));
    const middle = start + bend * Math.sin(depth ** 0.6 * 6.6) * (0.35 + depth) + (0.5 - start) * depth;
    const half = 0.006 + 0.2 * depth ** 1.6;
    return [(middle - half) * width, (middle + half) * width];
  };
  const levels = Array.from({ length: 26 }, (_, step) => top + (height - top) * (step / 25) ** 1.3);
  const left = levels.map((y) => at(bank(y)[0], y));
  const right = levels.map((y) => at(bank(y)[1], y)).reverse();
  const fill = pen.linear(
    [0, top],
    [0, height],
    [
      { at: 0, tone: mix(palette.sky[3], palette.water[0], 0.4) },
      { at: 0.4, tone: palette.water[0] },
      { at: 1, tone: mix(palette.water[0], palette.water[1], 0.8) },
    ],
  );
  pen.path(`M${left.join('L')}L${right.join('L')}Z`, {
    fill,
    stroke: hex(shade(palette.near, -0.05)),
    line: 2,
  });
  let shine = '';
  for (let index = 0; index < 26; index += 1) {
    const depth = 0.08 + 0.9 * chance.next();
    const y = top + (height - top) * depth;
    const [from, to] = bank(y);
    const length = (to - from) * chance.between(0.15, 0.4);
    shine += pill(from + (to - from) * chance.between(0.08, 0.5), y, length, 1 + 3.5 * depth);
  }
  pen.path(shine, { fill: hex(mix(palette.light, palette.sky[3], 0.4)), opacity: 0.5 });
  return bank;
}
