import { at, figure, oval, type Point } from '../drawing/pen.js';

/** Where a figure of the 100-unit box is drawn. */
export interface Position {
  /** Where the middle of the box's lower edge goes. */
  readonly x: number;
  readonly y: number;
  /** Pixels of the box's side. */
  readonly s: number;
  /** -1: mirrored. */
  readonly side: 1 | -1;
}

interface Step {
  readonly command: string;
  readonly values: readonly number[];
}

// Outlines are constants of the figures, so that the cache is bounded by their number.
const parsed = new Map<string, readonly Step[]>();

function stepsOf(outline: string): readonly Step[] {
  const known = parsed.get(outline);
  if (known !== undefined) return known;
  const steps = (outline.match(/[MLCQAZ][^MLCQAZ]*/g) ?? []).map((text) => ({
    command: text.charAt(0),
    values: (text.slice(1).match(/-?[0-9.]+/g) ?? []).map(Number),
  }));
  parsed.set(outline, steps);
  return steps;
}

/** A point of the 100-unit box in pixels; the box's lower edge is at 100. */
export const pointAt = ({ x, y, s, side }: Position, px: number, py: number): Point => [
  x + ((px - 50) / 100) * s * side,
  y + ((py - 100) / 100) * s,
];

/** Moves an outline of the commands M, L, C, Q, A and Z from the 100-unit box to its position in pixels. */
export function trace(outline: string, position: Position): string {
  let path = '';
  for (const { command, values } of stepsOf(outline)) {
    path += command;
    if (command === 'A') {
      const [rx = 0, ry = 0, turn = 0, large = 0, sweep = 0, x = 0, y = 0] = values;
      const share = position.s / 100;
      const way = position.side === 1 ? sweep : 1 - sweep;
      path += `${figure(rx * share)} ${figure(ry * share)} ${turn} ${large} ${way} ${at(...pointAt(position, x, y))}`;
      continue;
    }
    const points: string[] = [];
    for (let index = 0; index + 1 < values.length; index += 2)
      points.push(at(...pointAt(position, values[index] ?? 0, values[index + 1] ?? 0)));
    path += points.join(' ');
  }
  return path;
}

/** An outline without arcs, and its mirror image in the 100-unit box. */
export function both(outline: string): string {
  let index = 0;
  const mirrored = outline.replaceAll(/-?[0-9.]+/g, (text) => {
    index += 1;
    return index % 2 === 1 ? String(100 - Number(text)) : text;
  });
  return `${outline}${mirrored}`;
}

/** Ellipses of centre and radii; with one radius a circle. */
export const dots = (
  ...list: readonly (readonly [x: number, y: number, rx: number, ry?: number])[]
): string => list.map(([x, y, rx, ry = rx]) => oval(x, y, rx, ry)).join('');
