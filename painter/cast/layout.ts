/** An object of one row before it has a position; lengths in pixels at full size. */
export interface Placed {
  readonly wide: number;
  readonly tall: number;
}

export interface Slot {
  /** The middle of the object. */
  readonly x: number;
  readonly scale: number;
}

/** Air between two objects as a share of their widths. */
const GAP = 0.14;

/** The scale at which objects fit side by side into a width and under a height. */
export function fit(objects: readonly Placed[], width: number, height: number): number {
  const total = objects.reduce((sum, { wide }) => sum + wide * (1 + GAP), 0);
  const tallest = Math.max(...objects.map(({ tall }) => tall));
  return Math.min(1, width / total, height / tallest);
}

/**
 * Places objects from left to right between two edges without overlap. A single one stands `lean` of the free width off the
 * middle, several share the free width.
 */
export function row(
  objects: readonly Placed[],
  [left, right]: readonly [number, number],
  height: number,
  lean: number,
): Slot[] {
  const width = right - left;
  const scale = fit(objects, width, height);
  const used = objects.reduce((sum, { wide }) => sum + wide * scale, 0);
  const free = Math.max(0, width - used);
  // Air is bounded, so that a few small objects form a group and not a fence.
  const widest = Math.max(...objects.map(({ wide }) => wide * scale));
  const gap = objects.length > 1 ? Math.min(free / (objects.length - 1 + 0.6), widest * 0.55) : 0;
  const rest = free - gap * (objects.length - 1);
  let x = left + rest * (0.5 + lean);
  return objects.map(({ wide }) => {
    const slot = { x: x + (wide * scale) / 2, scale };
    x += wide * scale + gap;
    return slot;
  });
}
