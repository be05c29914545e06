import { at, curve, figure, type Point, polygon } from '../drawing/pen.js';
import type { Dice } from '../drawing/random.js';
import { layer, lit, type Stage } from '../drawing/stage.js';
import { hex, mix, shade, tone, type Tone } from '../drawing/tone.js';

export type Contour = readonly Point[];

/** Height of a contour at x; contours run from left to right. */
export function heightAt(contour: Contour, x: number): number {
  let before = contour[0] ?? [0, 0];
  for (const point of contour) {
    if (point[0] >= x) {
      const span = point[0] - before[0];
      return span === 0 ? point[1] : before[1] + ((x - before[0]) / span) * (point[1] - before[1]);
    }
    before = point;
  }
  return before[1];
}

/** A smooth contour as a sum of three sine waves; `rise` is its amplitude in pixels. */
export function hills({ width }: Stage, chance: Dice, y: number, rise: number, waves: number): Contour {
  const parts = [1, 2.17, 4.31].map((rate) => ({
    rate,
    phase: chance.between(0, 6.28),
    size: 0.62 / rate ** 1.1,
  }));
  return Array.from({ length: 25 }, (_, step): Point => {
    const x = step / 24;
    const swing = parts.reduce(
      (sum, { rate, phase, size }) => sum + size * Math.sin(x * waves * rate + phase),
      0,
    );
    return [(x * 1.04 - 0.02) * width, y - swing * rise];
  });
}

interface Peak {
  readonly top: Point;
  readonly left: Point;
  readonly right: Point;
}

/** Roughens an edge by midpoint displacement; the displacement falls with each subdivision. */
function crag(from: Point, to: Point, chance: Dice, depth: number, rough: number): Point[] {
  if (depth === 0) return [to];
  const share = chance.between(0.38, 0.62);
  const drop = chance.between(-1, 1) * Math.abs(to[0] - from[0]) * rough;
  const middle: Point = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share + drop];
  return [...crag(from, middle, chance, depth - 1, rough), ...crag(middle, to, chance, depth - 1, rough)];
}

function peaks({ width, unit }: Stage, chance: Dice, y: number, rise: number, count: number): Peak[] {
  const tops = Array.from({ length: count }, (_, index): Point => {
    const x = ((index + chance.between(0.2, 0.8)) / count) * 1.2 - 0.1;
    return [x * width, y - rise * chance.between(0.5, 1)];
  });
  const valley = (a: Point, b: Point): Point => {
    const deep = Math.min(
      y - rise * 0.05,
      Math.max(a[1], b[1]) + Math.abs(a[0] - b[0]) * chance.between(0.25, 0.42),
    );
    return [(a[0] + b[0]) / 2 + chance.between(-0.12, 0.12) * Math.abs(b[0] - a[0]), deep];
  };
  const edge = (top: Point, side: number): Point => [
    side * (width + unit * 0.2) - unit * 0.1,
    Math.min(y, top[1] + rise * 0.4),
  ];
  const valleys = tops.slice(1).map((top, index) => valley(tops[index] ?? top, top));
  return tops.map((top, index) => ({
    top,
    left: valleys[index - 1] ?? edge(top, 0),
    right: valleys[index] ?? edge(top, 1),
  }));
}

/** Fills the land below a contour with a gradient from its tone at the top to the haze below. */
export function fillLand(
  stage: Stage,
  contour: Contour,
  colour: Tone,
  haze: number,
  soft: boolean,
  bottom?: number,
): void {
  const { pen, palette, height, width, subject } = stage;
  const top = Math.min(...contour.map(([, y]) => y));
  const foot = bottom ?? height;
  const thick = subject.weather.has('fog') ? Math.min(1, haze * 1.7 + 0.12) : haze;
  const mist = mix(palette.sky[3], palette.sky[2], 0.3);
  const fill = pen.linear(
    [0, top],
    [0, Math.min(foot, top + height * 0.34)],
    [
      { at: 0, tone: colour },
      { at: 0.3, tone: mix(colour, mist, thick * 0.2) },
      { at: 1, tone: mix(colour, mist, thick) },
    ],
  );
  const outline =
    soft && !subject.styles.has('geometric')
      ? curve(contour)
      : `M${contour.map(([x, y]) => at(x, y)).join('L')}`;
  const d = `${outline}L${at(width * 1.1, foot)}L${at(-width * 0.1, foot)}Z`;
  if (!subject.styles.has('watercolor')) {
    pen.path(d, { fill });
    return;
  }
  // Two offset layers give the darker rim of a watercolour wash.
  pen.path(d, { fill, opacity: 0.8 });
  pen.path(d.replace(/^M/, `M${at(-width * 0.1, foot)}L`), {
    fill,
    opacity: 0.45,
    stroke: hex(shade(colour, -0.06)),
    line: 1.5,
  });
}

/** A mountain range with a light and a shadow side, and snow above a line if requested. */
export function paintRange(
  stage: Stage,
  label: string,
  y: number,
  rise: number,
  depth: number,
  count: number,
  snow: boolean,
): Contour {
  const { pen, dice, subject, palette } = stage;
  const chance = dice.fork(label);
  const plain = subject.styles.has('geometric') || subject.styles.has('minimal');
  const detail = plain ? 0 : 3;
  const colour = layer(stage, depth);
  const flanks = peaks(stage, chance, y, rise, count).map((peak) => ({
    ...peak,
    west: crag(peak.left, peak.top, chance, detail, 0.13),
    east: crag(peak.top, peak.right, chance, detail, 0.13),
  }));
  const contour = flanks.flatMap(({ left, west, east }, index) =>
    (index === 0 ? [left] : []).concat(west, east),
  );
  fillLand(stage, contour, colour, 0.75 - depth * 0.45, false);
  for (const { top, west, east, right, left } of flanks) {
    const bright = lit(stage, top[0]);
    const [dark, end] = bright === 1 ? [[...west].reverse(), left] : [[top, ...east], right];
    const fall = end[1] - top[1] + rise * 0.25;
    const spine = (plain ? [1] : [0.18, 0.36, 0.52, 0.74, 1]).map((share, index): Point => [
      top[0] + (index % 2 === 0 ? 1 : -0.6) * bright * fall * 0.07 + bright * share * fall * 0.16,
      top[1] + share * fall,
    ]);
    const shadow = pen.linear(
      top,
      [top[0], top[1] + fall],
      [
        { at: 0, tone: shade(colour, -0.11), alpha: 0.75 },
        { at: 1, tone: shade(colour, -0.05), alpha: 0 },
      ],
    );
    pen.path(polygon([...dark, [end[0], top[1] + fall], ...[...spine].reverse(), top]), { fill: shadow });
    if (!snow) continue;
    const cap = rise * chance.between(0.2, 0.32);
    const keep = (edge: readonly Point[]): Point[] => edge.filter((point) => point[1] < top[1] + cap);
    const [lower, upper] = [[...keep(west), top], keep(east)];
    const [a, b] = [lower[0] ?? top, upper[upper.length - 1] ?? top];
    const teeth = [0.8, 0.62, 0.45, 0.28, 0.14].map((share, index): Point => [
      a[0] + (b[0] - a[0]) * share,
      top[1] + cap * (index % 2 === 0 ? chance.between(0.55, 0.75) : chance.between(0.95, 1.25)),
    ]);
    const white = mix(mix(palette.light, tone(1, 0, 0), 0.3), colour, 0.12 + 0.25 * (1 - depth));
    pen.path(polygon([...lower, ...upper, ...teeth]), { fill: hex(white), opacity: 0.92 });
    const shaded = bright === 1 ? [...lower, ...teeth.slice(2)] : [top, ...upper, ...teeth.slice(0, 3)];
    pen.path(polygon(shaded), { fill: hex(mix(white, colour, 0.6)), opacity: 0.5 });
  }
  return contour;
}

/** Furrows that run towards the horizon of a field. */
export function paintFurrows(stage: Stage, contour: Contour, depth: number): void {
  const { pen, dice, width, height } = stage;
  const vanish = dice.fork('furrows').between(0.3, 0.7) * width;
  const top = heightAt(contour, vanish);
  let d = '';
  for (let row = -9; row <= 9; row += 1) {
    const foot = vanish + row * width * 0.16;
    const start = vanish + row * width * 0.045;
    const from = heightAt(contour, Math.min(width, Math.max(0, start))) + 2;
    d += `M${at(start, from)}Q${at(start + (foot - start) * 0.3, top + (height - top) * 0.5)} ${at(foot, height)}h${figure(width * 0.035)}`;
    d += `Q${at(start + (foot - start) * 0.3 + width * 0.01, top + (height - top) * 0.5)} ${at(start + 1, from)}Z`;
  }
  pen.path(d, { fill: hex(shade(layer(stage, depth), 0.05)), opacity: 0.35 });
}
