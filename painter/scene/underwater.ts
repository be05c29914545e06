import { colourOf, paintFigureAt } from '../cast/actors.js';
import { at, box, curve, dot, oval, type Point, polygon } from '../drawing/pen.js';
import type { Spots, Stage } from '../drawing/stage.js';
import { hex, mix, shade, tone, type Tone } from '../drawing/tone.js';
import { figures } from '../subjects/figures.js';
import type { Thing } from '../vocabulary/subjects.js';

/** Where swimmers are: shares of width and height, and of the size; the first is the nearest. */
const shoal = [[0.5, 0.5, 1], [0.2, 0.28, 0.56], [0.78, 0.24, 0.5], [0.22, 0.72, 0.5], [0.8, 0.72, 0.56], [0.5, 0.16, 0.4]] as const; // prettier-ignore

function seabed(stage: Stage, y: number): (x: number) => number {
  const phase = stage.dice.fork('seabed').between(0, 6);
  return (x) => y + Math.sin((x / stage.width) * 5 + phase) * stage.height * 0.018;
}

function paintRays({ pen, dice, width, height, palette }: Stage): void {
  const chance = dice.fork('rays');
  for (let index = 0; index < 5; index += 1) {
    const x = width * chance.between(0, 1);
    const wide = width * chance.between(0.04, 0.12);
    const fill = pen.linear([x, 0], [x, height * 0.8], [{ at: 0, tone: palette.light, alpha: 0.26 }, { at: 1, tone: palette.light, alpha: 0 }]); // prettier-ignore
    pen.path(polygon([[x, -5], [x + wide, -5], [x + wide * 2.6 - width * 0.14, height * 0.8], [x - wide - width * 0.14, height * 0.8]]), { fill }); // prettier-ignore
  }
}

function paintWeeds({ pen, dice, width, height, unit }: Stage, bed: (x: number) => number, deep: Tone): void {
  const chance = dice.fork('weeds');
  for (const [side, hue] of [
    [0, 150],
    [1, 175],
  ] as const) {
    let d = '';
    for (let stalk = 0; stalk < 7; stalk += 1) {
      const x = width * (side === 0 ? chance.between(0, 0.2) : chance.between(0.8, 1));
      const rise = unit * chance.between(0.12, 0.34);
      const foot = bed(x) + unit * 0.04;
      const sway = unit * chance.between(0.015, 0.035);
      const spine = Array.from({ length: 7 }, (_, step): Point => [x + Math.sin(step * 1.4 + stalk) * sway * (0.3 + step / 6), foot - (rise * step) / 6]); // prettier-ignore
      const back = [...spine]
        .reverse()
        .map(([px, py], step): Point => [px + unit * (0.006 + 0.016 * (step / 6)), py]);
      d += `${curve(spine)}${curve(back, 'L')}Z`;
    }
    pen.path(d, { fill: hex(mix(tone(0.5, 0.11, hue), deep, 0.35)) });
  }
  const corals = [24, 350, 60] as const;
  corals.forEach((hue, index) => {
    const x = width * (0.1 + 0.38 * index + chance.between(-0.05, 0.05));
    const foot = bed(x) + height * 0.05;
    const s = unit * chance.between(0.07, 0.11);
    const stems = [-0.7, -0.35, 0, 0.35, 0.7].map((lean) => `M${at(x, foot)}Q${at(x + lean * s * 0.3, foot - s * 0.6)} ${at(x + lean * s, foot - s * (1.2 - Math.abs(lean) * 0.5))}`); // prettier-ignore
    pen.path(stems.join(''), { stroke: hex(mix(tone(0.66, 0.16, hue), deep, 0.25)), line: s * 0.2 });
  });
}

/** Below the surface: rays of light, a bed of sand with weed and coral, and what swims there. */
export function paintUnderwater(stage: Stage): Spots {
  const { pen, palette, subject, width, height, unit, dice } = stage;
  const hue = subject.colours[0]?.h ?? (palette.dark ? 258 : 228);
  const chroma = subject.colours[0]?.c ?? 0.13;
  const strength = Math.min(0.14, chroma);
  const top = tone(palette.dark ? 0.5 : 0.78, strength * 0.75, hue - 18);
  const deep = tone(palette.dark ? 0.22 : 0.36, strength * 0.8, hue + 10);
  const fill = pen.linear(
    [0, 0],
    [0, height],
    [
      { at: 0, tone: top },
      { at: 0.45, tone: mix(top, deep, 0.5) },
      { at: 1, tone: deep },
    ],
  );
  pen.path(box(0, 0, width, height), { fill });
  paintRays(stage);
  const far = seabed(stage, height * 0.78);
  const line = Array.from({ length: 13 }, (_, step): Point => [
    (step / 12) * width,
    far((step / 12) * width),
  ]);
  pen.path(`${curve(line)}L${at(width + 5, height + 5)}L${at(-5, height + 5)}Z`, {
    fill: hex(mix(deep, top, 0.22)),
  });
  const bed = seabed(stage, height * 0.87);
  const sand = mix(tone(0.8, 0.06, 85), deep, 0.42);
  const near = line.map(([x]): Point => [x, bed(x)]);
  pen.path(`${curve(near)}L${at(width + 5, height + 5)}L${at(-5, height + 5)}Z`, {
    fill: pen.linear([0, height * 0.85], [0, height], [{ at: 0, tone: sand }, { at: 1, tone: shade(sand, -0.1) }]),
  }); // prettier-ignore
  paintWeeds(stage, bed, deep);
  paintSwimmers(stage);
  const chance = dice.fork('bubbles');
  let bubbles = '';
  for (let index = 0; index < 26; index += 1) {
    const r = unit * chance.between(0.003, 0.011);
    bubbles += oval(chance.next() * width, chance.between(0.05, 0.8) * height, r, r);
  }
  pen.path(bubbles, { stroke: hex(mix(top, tone(1, 0, 0), 0.6)), line: unit * 0.0016, opacity: 0.6 });
  pen.path(
    Array.from({ length: 60 }, () => dot(chance.next() * width, chance.next() * height * 0.85)).join(''),
    {
      stroke: hex(mix(top, tone(1, 0, 0), 0.5)),
      line: unit * 0.002,
      opacity: 0.45,
    },
  );
  return { ground: bed, reach: [width * 0.1, width * 0.9], water: null };
}

function paintSwimmers(stage: Stage): void {
  const { subject, width, height, unit, pen } = stage;
  const swimmers = [...subject.things].flatMap((thing) => {
    const figure = figures[thing];
    const number = subject.counts.get(thing) ?? 1;
    return figure?.stance === 'deep'
      ? Array.from({ length: number }, (_, index) => ({ thing, index, figure }))
      : [];
  });
  const most = shoal.length;
  const list = swimmers.slice(0, most).map((swimmer, place) => ({ ...swimmer, place }));
  for (const { thing, index, figure, place } of list.reverse()) {
    const [x = 0.5, y = 0.5, share = 1] = shoal[place] ?? [];
    const [left, top, right, bottom] = figure.extent;
    const full = figure.size * unit * share * 1.25;
    const s = Math.min(full, (width * (list.length > 1 ? 0.52 : 0.86) * 100) / (right - left), (height * 0.55 * 100) / (bottom - top)); // prettier-ignore
    const [reach, half] = [(s * (right - left)) / 200, (s * (bottom - top)) / 200];
    const within = Math.min(width - reach - 2, Math.max(reach + 2, width * x));
    const level = Math.min(height * 0.95 - half, Math.max(half + 2, height * y * 0.92));
    pen.group(`${thing}-${index + 1}`, () => {
      paintFigureAt(stage, figure, within, level + half, s, x > 0.5 ? -1 : 1, colourOf(stage, thing, index));
    });
  }
}

/** Whether a thing is drawn by paintUnderwater() and not among what stands on the ground. */
export const isSwimmer = (thing: Thing): boolean => figures[thing]?.stance === 'deep';
