import { type Contour, fillLand, heightAt } from '../elements/land.js';
import { at, curve, type Point } from '../drawing/pen.js';
import { layer, lit, type Stage } from '../drawing/stage.js';
import { hex, mix, shade } from '../drawing/tone.js';

/** A dune: a long crest, bright to the light and dark behind. */
export function paintDune(stage: Stage, label: string, y: number, rise: number, depth: number): Contour {
  const { pen, dice, width, height, palette, subject } = stage;
  const chance = dice.fork(label);
  const crest = chance.between(0.25, 0.75);
  const contour = Array.from({ length: 13 }, (_, step): Point => {
    const x = (step / 12) * 1.04 - 0.02;
    const away = (x - crest) / (x < crest ? 0.75 : 0.6);
    return [x * width, y - rise * Math.exp(-away * away * 2.2) + Math.sin(x * 7 + crest * 20) * rise * 0.06];
  });
  const colour = layer(stage, depth);
  fillLand(stage, contour, shade(colour, 0.03), 0.3 - depth * 0.25, true);
  const side = lit(stage, crest * width);
  const top: Point = [crest * width, heightAt(contour, crest * width)];
  const flank = contour.filter(([x]) => (side === 1 ? x < top[0] : x > top[0]));
  const ordered = side === 1 ? [...flank].reverse() : flank;
  const end = ordered[ordered.length - 1] ?? top;
  const s = -side;
  const belly: Point[] = [
    [end[0], end[1] + rise * 0.9],
    [top[0] + s * width * 0.2, top[1] + rise * 1.15],
    [top[0] + s * width * 0.03, top[1] + rise * 0.62],
    [top[0] + s * width * 0.05, top[1] + rise * 0.28],
    top,
  ];
  const shadow = pen.linear(
    [top[0], top[1]],
    [top[0], Math.min(height, top[1] + rise * 1.3)],
    [
      { at: 0, tone: mix(shade(colour, -0.14), palette.sky[0], 0.28), alpha: 0.85 },
      { at: 1, tone: shade(colour, -0.08), alpha: 0.1 },
    ],
  );
  pen.path(`${curve([top, ...ordered])}${curve(belly, 'L')}Z`, { fill: shadow });
  if (depth < 0.7 || subject.styles.has('minimal')) return contour;
  let ripples = '';
  for (let row = 0; row < 9; row += 1) {
    const from = top[1] + rise * (0.9 + row * 0.2);
    const x = chance.between(0, 0.75) * width;
    const span = chance.between(0.08, 0.22) * width;
    ripples += `M${at(x, from)}q${at(span / 2, -rise * 0.1)} ${at(span, rise * 0.02)}`;
  }
  pen.path(ripples, { stroke: hex(shade(colour, 0.07)), line: 1.6, opacity: 0.45 });
  return contour;
}

/** Flat-topped rocks of the far desert. */
export function paintMesas(stage: Stage, label: string, y: number, rise: number, depth: number): void {
  const { dice, width } = stage;
  const chance = dice.fork(label);
  const contour: Point[] = [[-0.05 * width, y]];
  let x = chance.between(0, 0.15) * width;
  while (x < width) {
    const span = width * chance.between(0.07, 0.2);
    const top = y - rise * chance.between(0.4, 1);
    const slope = span * 0.1;
    contour.push(
      [x, y],
      [x + slope, y - (y - top) * 0.45],
      [x + slope * 1.25, top],
      [x + span - slope * 1.25, top + rise * 0.02],
    );
    contour.push([x + span - slope, y - (y - top) * 0.4], [x + span, y]);
    x += span + width * chance.between(0.05, 0.25);
  }
  contour.push([width * 1.05, y]);
  fillLand(stage, contour, layer(stage, depth), 0.6, false);
}
