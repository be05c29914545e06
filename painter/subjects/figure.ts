import { oval } from '../drawing/pen.js';
import type { Stage } from '../drawing/stage.js';
import { hex, mix, shade, tone, type Tone } from '../drawing/tone.js';
import { type Position, pointAt, trace } from './outline.js';

/** `front` stands on the ground near the viewer, `float` on water, `deep` below it, `air` in the sky. */
export type Stance = 'front' | 'float' | 'deep' | 'air';

/** One outline in the 100-unit box: filled with an ink, or with `line` drawn as a stroke of so many units. */
export type Part = readonly [ink: string, outline: string, line?: number | null, opacity?: number];

/** A subject as layers of flat outlines, from back to front. */
export interface Figure {
  readonly stance: Stance;
  /** Side of the box as a share of the stage's unit. */
  readonly size: number;
  /** The outlines' extent in the box: left, top, right and bottom. */
  readonly extent: readonly [left: number, top: number, right: number, bottom: number];
  /** Its own colour where the prompt names none. */
  readonly colour: Tone;
  /** The inks of its parts, made from its colour. Ink `M` is shaded from top to bottom. */
  readonly inks: (colour: Tone) => Readonly<Record<string, Tone>>;
  readonly parts: readonly Part[];
}

export const ink = tone(0.2, 0.02, 270);
export const white = tone(0.97, 0.01, 90);
export const cream = tone(0.94, 0.03, 85);

/** Draws a figure in the light of its scene, with a shadow on the ground where it stands. */
export function paintFigure(
  stage: Stage,
  { stance, extent, inks, parts }: Figure,
  position: Position,
  colour: Tone,
): void {
  const { pen, palette } = stage;
  const [left, top, right, bottom] = extent;
  const tones = inks(colour);
  const ambient = (own: Tone): Tone => mix(own, palette.near, palette.dark ? 0.2 : 0.05);
  if (stance === 'front') {
    const [x, y] = pointAt(position, (left + right) / 2, bottom);
    const reach = ((right - left) / 200) * position.s;
    pen.path(oval(x, y, reach * 0.96, Math.min(reach * 0.12, position.s * 0.045)), {
      fill: hex(shade(palette.near, -0.14)),
      opacity: 0.4,
    });
  }
  const main = ambient(tones['M'] ?? colour);
  const shaded = pen.linear(pointAt(position, 50, top), pointAt(position, 50, bottom), [
    { at: 0, tone: mix(shade(main, 0.05), palette.light, 0.08) },
    { at: 1, tone: shade(main, -0.07) },
  ]);
  for (const [name, outline, line, opacity] of parts) {
    const d = trace(outline, position);
    const fill = name === 'M' ? shaded : hex(ambient(tones[name] ?? colour));
    const veil = opacity === undefined ? {} : { opacity };
    if (line === undefined || line === null) pen.path(d, { fill, ...veil });
    else pen.path(d, { stroke: fill, line: (line / 100) * position.s, ...veil });
  }
}
