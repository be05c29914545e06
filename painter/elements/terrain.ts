import { type Contour, fillLand, heightAt, hills, paintRange } from './land.js';
import { allowed, layer, type Spots, type Stage } from '../drawing/stage.js';
import type { Place } from '../vocabulary/scenes.js';

export const has = ({ subject }: Stage, place: Place): boolean => subject.places.includes(place);

/** Rolling hills, one behind the other, the last of them near; `plant` sets something on a hill before the next. */
export function rolling(
  stage: Stage,
  label: string,
  [from, to]: readonly [number, number],
  count: number,
  depths: readonly [number, number],
  plant?: (contour: Contour, index: number) => void,
): Contour[] {
  return Array.from({ length: count }, (_, index) => {
    const share = count === 1 ? 1 : index / (count - 1);
    const depth = depths[0] + (depths[1] - depths[0]) * share;
    const y = stage.height * (from + (to - from) * share ** 1.2);
    const rise = stage.unit * (0.05 + 0.02 * share);
    const contour = hills(stage, stage.dice.fork(`${label}${index}`), y, rise, 5.5 - share * 2.4);
    fillLand(stage, contour, layer(stage, depth), 0.55 - depth * 0.45, true);
    plant?.(contour, index);
    return contour;
  });
}

export const last = (contours: readonly Contour[]): Contour => contours[contours.length - 1] ?? [];

export function standing(
  stage: Stage,
  contour: Contour,
  reach: readonly [number, number] = [0.12, 0.88],
): Spots {
  return {
    ground: (x) => heightAt(contour, x),
    reach: [reach[0] * stage.width, reach[1] * stage.width],
    water: null,
  };
}

export function backRange(stage: Stage, y: number, rise: number): Contour {
  const snow = stage.subject.weather.has('snow') || stage.dice.fork('caps').chance(0.5);
  paintRange(stage, 'far-range', y, rise * 0.8, 0.05, 4, false);
  return paintRange(stage, 'range', y, rise, 0.26, 3, snow && allowed(stage, 'snow'));
}
