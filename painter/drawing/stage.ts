import type { Palette } from './palette.js';
import type { Pen, Point } from './pen.js';
import type { Dice } from './random.js';
import type { Subject } from '../reading/subject.js';
import { mix, type Tone } from './tone.js';
import type { Thing } from '../vocabulary/subjects.js';

/** State shared by all drawing functions. Lengths in pixels. */
export interface Stage {
  readonly pen: Pen;
  readonly dice: Dice;
  readonly subject: Subject;
  readonly palette: Palette;
  readonly width: number;
  readonly height: number;
  /** Geometric mean of width and height: the scale of objects, independent of the aspect ratio. */
  readonly unit: number;
  /** Centre of the sun or moon, whether or not its disc is drawn. */
  readonly light: Point;
  readonly horizon: number;
}

/** Positions for objects in a finished landscape. */
export interface Spots {
  /** Height (y) of the nearest ground at an x; null where there is none. */
  readonly ground: ((x: number) => number) | null;
  /** Range of x on the ground for objects, left to right. */
  readonly reach: readonly [left: number, right: number];
  /** Top and bottom (y) of open water. */
  readonly water: readonly [top: number, bottom: number] | null;
}

/** The land's tone at a depth: 0 at the horizon, 1 at the viewer. */
export const layer = ({ palette }: Stage, depth: number): Tone => mix(palette.far, palette.near, depth);

export const allowed = ({ subject }: Stage, what: string): boolean => !subject.banned.has(what);

export const wants = ({ subject }: Stage, thing: Thing): boolean => subject.things.has(thing);

/** +1 when the light comes from the right of x. */
export const lit = ({ light }: Stage, x: number): 1 | -1 => (light[0] > x ? 1 : -1);
