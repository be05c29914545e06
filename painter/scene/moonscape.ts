import { hasStanders } from '../cast/actors.js';
import { at, curve, oval, type Point } from '../drawing/pen.js';
import type { Spots, Stage } from '../drawing/stage.js';
import { hex, mix, shade, tone } from '../drawing/tone.js';

/** The grey ground of a moon, where something stands in space; nothing otherwise. */
export function paintMoonscape(stage: Stage): Spots {
  const { pen, dice, width, height, unit, palette } = stage;
  if (!hasStanders(stage)) return { ground: null, reach: [0, 0], water: null };
  const chance = dice.fork('moonscape');
  const y = height * 0.76;
  const grey = mix(tone(0.68, 0.012, 265), palette.sky[1], 0.2);
  const rise = (x: number): number => y - height * 0.045 * Math.sin((x / width) * Math.PI);
  const line = Array.from({ length: 11 }, (_, step): Point => [
    (step / 10) * width,
    rise((step / 10) * width),
  ]);
  const fill = pen.linear([0, y - height * 0.05], [0, height], [{ at: 0, tone: shade(grey, 0.08) }, { at: 0.4, tone: grey }, { at: 1, tone: shade(grey, -0.16) }]); // prettier-ignore
  pen.path(
    `${curve([[-5, rise(0)], ...line, [width + 5, rise(width)]])}L${at(width + 5, height + 5)}L${at(-5, height + 5)}Z`,
    { fill },
  );
  let [pits, rims] = ['', ''];
  for (let index = 0; index < 13; index += 1) {
    const depth = chance.next();
    const level = y + (height - y) * (0.12 + 0.86 * depth);
    const r = unit * (0.012 + 0.05 * depth) * chance.between(0.6, 1.2);
    const x = chance.next() * width;
    pits += oval(x, level, r, r * 0.3);
    rims += oval(x, level + r * 0.07, r, r * 0.3);
  }
  pen.path(rims, { fill: hex(shade(grey, 0.1)), opacity: 0.7 });
  pen.path(pits, { fill: hex(shade(grey, -0.15)), opacity: 0.75 });
  return { ground: rise, reach: [width * 0.06, width * 0.94], water: null };
}
