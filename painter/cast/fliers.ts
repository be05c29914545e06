import type { Stage } from '../drawing/stage.js';
import { wants } from '../drawing/stage.js';
import { mix, type Tone } from '../drawing/tone.js';
import { paintPlanet, planetSide } from '../figure/cosmos.js';
import { paintBalloon, paintRocket } from '../figure/craft.js';
import { paintBirds } from '../figure/creature.js';
import { tintOf } from '../reading/subject.js';
import { figures } from '../subjects/figures.js';
import type { Thing } from '../vocabulary/subjects.js';
import { colourOf, paintFigureAt } from './actors.js';

/** Positions of several objects in the air: shares of the width off the middle, of the sky's height, and of the size. */
const flight = [[0.14, 0.46, 1], [-0.22, 0.28, 0.62], [0.38, 0.16, 0.42], [-0.37, 0.66, 0.48], [-0.02, 0.14, 0.36], [0.4, 0.76, 0.4]] as const; // prettier-ignore

type Flier = (x: number, y: number, share: number, colour: Tone) => void;

/** Draws as many of a thing as are asked for, the nearest last. */
function paintFlight(stage: Stage, thing: Thing, paint: Flier): void {
  const { width, horizon, light, subject, pen } = stage;
  const side = light[0] > width / 2 ? -1 : 1;
  const number = subject.counts.get(thing) ?? 1;
  for (let index = number - 1; index >= 0; index -= 1) {
    const [off = 0, level = 0.4, share = 1] = flight[index] ?? [];
    pen.group(`${thing}-${index + 1}`, () => {
      paint(width * (0.5 + side * off), horizon * level, share, colourOf(stage, thing, index));
    });
  }
}

function paintFigureInAir(stage: Stage, thing: 'butterfly' | 'airplane' | 'heart'): void {
  const figure = figures[thing];
  if (figure === undefined || !wants(stage, thing)) return;
  const [left, top, right, bottom] = figure.extent;
  const wide = ((right - left) / 100) * figure.size * stage.unit;
  const isOne = (stage.subject.counts.get(thing) ?? 1) === 1;
  // The only one is close; several keep the free sky between them.
  const most = Math.min(1, (stage.width * (isOne ? 0.8 : 0.5)) / wide);
  paintFlight(stage, thing, (x, y, share, colour) => {
    const s = figure.size * stage.unit * share * most;
    const half = (s * (bottom - top)) / 200;
    const reach = (s * (right - left)) / 200;
    const within = Math.min(
      stage.width - reach - 2,
      Math.max(reach + 2, isOne ? stage.width * 0.5 + (x - stage.width * 0.5) * 0.3 : x),
    );
    const level = Math.max(half + 2, isOne ? stage.height * 0.36 : y);
    paintFigureAt(stage, figure, within, level + half, s, within < stage.width / 2 ? 1 : -1, colour);
  });
}

/** Draws objects that are far away in the air; called before the land, so that mountains may cover them. */
export function paintFarFliers(stage: Stage): void {
  const { subject, palette, width, horizon, unit, light, pen } = stage;
  const side = light[0] > width / 2 ? -1 : 1;
  if (wants(stage, 'planet') && subject.places[0] !== 'space') {
    const colour = mix(tintOf(subject, 'planet') ?? palette.accent, palette.sky[1], 0.35);
    pen.group('planet-1', () => { paintPlanet(stage, width * (0.5 + side * 0.24), horizon * 0.34, unit * 0.12, colour, true); }); // prettier-ignore
  }
  if (wants(stage, 'birds')) pen.group('birds-1', () => { paintBirds(stage, tintOf(subject, 'birds')); }); // prettier-ignore
  if (wants(stage, 'balloon')) {
    const largest = Math.min(unit * 0.15, width * 0.2, horizon * 0.3);
    paintFlight(stage, 'balloon', (x, y, share, cloth) => {
      const s = largest * share;
      const within = Math.min(width - s * 1.2, Math.max(s * 1.2, x));
      paintBalloon(stage, within, Math.max(s * 1.06, y), s, mix(cloth, palette.sky[2], (1 - share) * 0.35));
    });
  }
  if (!wants(stage, 'rocket')) return;
  const far = subject.places[0] === 'space';
  const middle = far ? 0.5 - planetSide(stage) * 0.24 : 0.5 + side * 0.06;
  const s = Math.min(unit * 0.34, horizon * 0.4, width * 0.5);
  paintFlight(stage, 'rocket', (x, y, share, fins) => {
    const isFirst = share === 1;
    const left = isFirst ? width * middle : x;
    paintRocket(
      stage,
      left,
      isFirst ? (far ? stage.height * 0.6 : horizon * 0.62) : Math.max(s * share, y),
      s * share,
      fins,
    );
  });
}

/** Draws what is close in the air; called after the land. */
export function paintNearFliers(stage: Stage): void {
  for (const thing of ['airplane', 'butterfly', 'heart'] as const) paintFigureInAir(stage, thing);
}
