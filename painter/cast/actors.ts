import { shade, tone, type Tone, mix } from '../drawing/tone.js';
import type { Stage } from '../drawing/stage.js';
import { paintCastle, paintHouse, paintLighthouse, paintMill, paintTent } from '../figure/building.js';
import { paintBoat } from '../figure/craft.js';
import { paintCat, paintTraveller } from '../figure/creature.js';
import { paintCactus, paintPalm, paintTree } from '../figure/flora.js';
import { tintOf } from '../reading/subject.js';
import { type Figure, paintFigure } from '../subjects/figure.js';
import { figures } from '../subjects/figures.js';
import type { Thing } from '../vocabulary/subjects.js';

/** How a thing on ground or water is drawn. Lengths are shares of the stage's unit at full size. */
export interface Actor {
  readonly row: 'back' | 'front' | 'float';
  readonly wide: number;
  readonly tall: number;
  /** Draws it above (x, y), its middle at x, at a share of its full size. */
  readonly paint: (stage: Stage, x: number, y: number, scale: number, side: 1 | -1, colour: Tone) => void;
}

type Painter = (stage: Stage, x: number, y: number, s: number, colour: Tone) => void;

/** A thing that is drawn by a function which takes its size in pixels. */
const built = (row: Actor['row'], size: number, wide: number, tall: number, paint: Painter): Actor => ({
  row,
  wide: size * wide,
  tall: size * tall,
  paint: (stage, x, y, scale, _side, colour) => {
    paint(stage, x, y, stage.unit * size * scale, colour);
  },
});

const builtActors: Partial<Record<Thing, Actor>> = {
  castle: built('back', 0.5, 1.05, 1.1, (stage, x, y, s, colour) => { paintCastle(stage, x, y + s * 0.03, s, colour); }),
  lighthouse: built('back', 0.52, 0.26, 1.06, (stage, x, y, s, colour) => { paintLighthouse(stage, x, y + s * 0.02, s, colour); }),
  windmill: built('back', 0.46, 0.95, 1.14, (stage, x, y, s, colour) => { paintMill(stage, x, y + s * 0.03, s, colour); }),
  tree: built('back', 0.44, 1, 1.06, (stage, x, y, s, colour) => { paintTree(stage, x, y + s * 0.05, s, colour); }),
  palm: built('back', 0.38, 1, 1, (stage, x, y, s) => { paintPalm(stage, x, y + s * 0.03, s); }),
  cactus: built('back', 0.3, 0.6, 1.06, (stage, x, y, s) => { paintCactus(stage, x, y + s * 0.03, s); }),
  house: built('back', 0.34, 1.04, 0.86, (stage, x, y, s, colour) => { paintHouse(stage, x, y + s * 0.04, s, colour); }),
  tent: built('back', 0.26, 1.1, 0.55, (stage, x, y, s, colour) => { paintTent(stage, x, y + s * 0.06, s, colour); }),
  traveller: built('front', 0.24, 0.5, 1, paintTraveller),
  boat: built('float', 0.34, 0.86, 1, paintBoat),
}; // prettier-ignore

const sleepingCat = built('front', 0.36, 1.2, 0.52, paintCat);

/** Draws a figure so that the middle of its extent is at x and its lower edge at y. */
export function paintFigureAt(
  stage: Stage,
  figure: Figure,
  x: number,
  y: number,
  s: number,
  side: 1 | -1,
  colour: Tone,
): void {
  const [left, , right, bottom] = figure.extent;
  const off = ((left + right) / 2 - 50) / 100;
  paintFigure(stage, figure, { x: x - off * s * side, y: y + ((100 - bottom) / 100) * s, s, side }, colour);
}

function drawn(figure: Figure): Actor {
  const [left, top, right, bottom] = figure.extent;
  return {
    row: figure.stance === 'float' ? 'float' : 'front',
    wide: (figure.size * (right - left)) / 100,
    tall: (figure.size * (bottom - top)) / 100,
    paint: (stage, x, y, scale, side, colour) => {
      paintFigureAt(stage, figure, x, y, stage.unit * figure.size * scale, side, colour);
    },
  };
}

/** The actor of a thing on the ground or on water; null for what is in the sky or below water. */
export function actorOf(stage: Stage, thing: Thing): Actor | null {
  // Of a whale the water shows the tail alone.
  if (thing === 'whale') return null;
  if (thing === 'cat' && stage.subject.moods.has('asleep')) return sleepingCat;
  const known = builtActors[thing];
  if (known !== undefined) return known;
  const figure = figures[thing];
  return figure === undefined || figure.stance === 'air' ? null : drawn(figure);
}

/** Whether the prompt names something that stands on the ground. */
export const hasStanders = (stage: Stage): boolean =>
  [...stage.subject.things].some((thing) => ['front', 'back'].includes(actorOf(stage, thing)?.row ?? ''));

function leaf({ subject, palette }: Stage): Tone {
  const hue = subject.moods.has('autumn') ? 48 : palette.near.h;
  const own = tone(palette.near.l + 0.16, Math.max(0.1, palette.near.c * 1.2), hue);
  return mix(own, palette.accent, subject.colours.length > 0 ? 0 : 0.08);
}

/** Things that differ in colour when there are several: the hue of each is turned by so many degrees. */
const VARIED = new Set<Thing>([
  'person',
  'balloon',
  'car',
  'house',
  'butterfly',
  'fish',
  'umbrella',
  'book',
  'tent',
  'boat',
]);

/** The colour of one of several things: the prompt's, or its own. */
export function colourOf(stage: Stage, thing: Thing, index: number): Tone {
  const wish = tintOf(stage.subject, thing, index);
  if (wish !== undefined) return thing === 'tree' ? mix(wish, stage.palette.near, 0.15) : wish;
  if (thing === 'tree') return leaf(stage);
  const own = figures[thing]?.colour ?? stage.palette.accent;
  if (index > 0 && VARIED.has(thing)) return tone(own.l, own.c, own.h + index * 95);
  return index > 0 ? shade(own, index % 2 === 0 ? 0.03 : -0.05) : own;
}
