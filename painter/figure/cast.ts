import { paintBridge, paintCastle, paintHouse, paintLighthouse, paintMill, paintTent } from './building.js';
import { paintPlanet, planetSide } from './cosmos.js';
import { paintBalloon, paintBoat, paintRocket } from './craft.js';
import { paintBirds, paintCat, paintTraveller, paintWhale } from './creature.js';
import { paintFirs, paintFlowers, paintPalm, paintTree } from './flora.js';
import { type Spots, type Stage, wants } from '../drawing/stage.js';
import { mix, shade, tone, type Tone } from '../drawing/tone.js';
import type { Thing } from '../drawing/words.js';

type Stander = (stage: Stage, x: number, y: number, colour: Tone) => void;

/** Objects on the ground, tallest first, so that small ones are drawn in front. */
const standers: readonly (readonly [Thing, Stander])[] = [
  ['castle', (stage, x, y, colour) => { paintCastle(stage, x, y + stage.unit * 0.015, stage.unit * 0.4, colour); }], // prettier-ignore
  ['lighthouse', (stage, x, y, colour) => { paintLighthouse(stage, x, y + stage.unit * 0.012, stage.unit * 0.5, colour); }], // prettier-ignore
  ['mill', (stage, x, y, colour) => { paintMill(stage, x, y + stage.unit * 0.012, stage.unit * 0.36, colour); }], // prettier-ignore
  ['tree', (stage, x, y) => { paintTree(stage, x, y + stage.unit * 0.02, stage.unit * 0.36, leaf(stage)); }], // prettier-ignore
  ['palm', (stage, x, y) => { paintPalm(stage, x, y + stage.unit * 0.012, stage.unit * 0.34); }], // prettier-ignore
  ['house', (stage, x, y, colour) => { paintHouse(stage, x, y + stage.unit * 0.02, stage.unit * 0.19, colour); }], // prettier-ignore
  ['tent', (stage, x, y, colour) => { paintTent(stage, x, y + stage.unit * 0.02, stage.unit * 0.14, colour); }], // prettier-ignore
  ['traveller', (stage, x, y, colour) => { paintTraveller(stage, x, y + stage.unit * 0.012, stage.unit * 0.13, colour); }], // prettier-ignore
  ['cat', (stage, x, y) => { paintCat(stage, x, y + stage.unit * 0.05, stage.unit * 0.26, fur(stage)); }], // prettier-ignore
];

function leaf({ subject, palette }: Stage): Tone {
  const wish = subject.tints.get('tree');
  if (wish !== undefined) return mix(wish, palette.near, 0.15);
  const hue = subject.moods.has('autumn') ? 48 : palette.near.h;
  return mix(
    tone(palette.near.l + 0.16, Math.max(0.1, palette.near.c * 1.2), hue),
    palette.accent,
    subject.colours.length > 0 ? 0 : 0.08,
  );
}

function fur({ subject, palette }: Stage): Tone {
  const own = palette.dark ? tone(0.42, 0.075, 50) : tone(0.68, 0.115, 58);
  return mix(subject.tints.get('cat') ?? own, palette.near, 0.12);
}

/** Horizontal positions in order of preference: the thirds first, away from the light first. */
function slots({ light, width, dice }: Stage, [left, right]: Spots['reach']): number[] {
  const away = light[0] > width / 2 ? [0.25, 0.72, 0.5, 0.08, 0.92] : [0.75, 0.28, 0.5, 0.92, 0.08];
  const chance = dice.fork('slots');
  return away.map(
    (share) => left + (right - left) * Math.min(1, Math.max(0, share + chance.between(-0.06, 0.06))),
  );
}

function paintStanders(stage: Stage, spots: Spots): void {
  const { subject, palette } = stage;
  const { ground } = spots;
  if (ground === null) return;
  const free = slots(stage, spots.reach);
  for (const [thing, paint] of standers) {
    if (!wants(stage, thing)) continue;
    const x = free.shift();
    if (x === undefined) return;
    paint(stage, x, ground(x), subject.tints.get(thing) ?? palette.accent);
  }
}

function paintFloaters(stage: Stage, { water }: Spots): void {
  const { subject, palette, width, unit, dice, light } = stage;
  if (water === null) return;
  const [top, bottom] = water;
  const chance = dice.fork('floaters');
  const side = light[0] > width / 2 ? 1 : -1;
  const bridgeY = top - unit * 0.035;
  if (wants(stage, 'bridge')) paintBridge(stage, bridgeY, top + unit * 0.05);
  if (wants(stage, 'boat')) {
    const y = top + (bottom - top) * chance.between(0.24, 0.34);
    paintBoat(
      stage,
      width * (0.5 + side * chance.between(0.02, 0.14)),
      y,
      unit * 0.2,
      subject.tints.get('boat') ?? palette.accent,
    );
    if (!subject.styles.has('minimal'))
      paintBoat(stage, width * (0.5 + side * 0.36), top + (bottom - top) * 0.09, unit * 0.07, palette.near);
  }
  if (wants(stage, 'whale')) {
    paintWhale(
      stage,
      width * (0.5 + side * 0.12),
      top + (bottom - top) * 0.52,
      unit * 0.26,
      subject.tints.get('whale') ?? shade(palette.water[1], -0.14),
    );
  }
}

/** Draws objects in the air; called before the land, so that mountains may cover them. */
export function paintFliers(stage: Stage): void {
  const { subject, palette, width, horizon, unit, dice, light } = stage;
  const chance = dice.fork('fliers');
  const side = light[0] > width / 2 ? -1 : 1;
  if (wants(stage, 'planet') && subject.places[0] !== 'space') {
    const colour = mix(subject.tints.get('planet') ?? palette.accent, palette.sky[1], 0.35);
    paintPlanet(stage, width * (0.5 + side * 0.24), horizon * 0.34, unit * 0.12, colour, true);
  }
  if (wants(stage, 'birds')) paintBirds(stage, subject.tints.get('birds'));
  if (wants(stage, 'rocket')) {
    const fins = subject.tints.get('rocket') ?? palette.accent;
    const far = subject.places[0] === 'space';
    const x = width * (0.5 + (far ? -planetSide(stage) * 0.24 : side * 0.06));
    paintRocket(stage, x, far ? stage.height * 0.72 : horizon * 0.6, unit * 0.27, fins);
  }
  if (!wants(stage, 'balloon')) return;
  const cloth = subject.tints.get('balloon') ?? palette.accent;
  paintBalloon(
    stage,
    width * (0.5 + side * chance.between(0.12, 0.2)),
    horizon * chance.between(0.36, 0.44),
    unit * 0.125,
    cloth,
  );
  if (subject.styles.has('minimal')) return;
  const far = tone(cloth.l, cloth.c * 0.8, cloth.h + 150);
  paintBalloon(
    stage,
    width * (0.5 - side * chance.between(0.24, 0.34)),
    horizon * chance.between(0.2, 0.3),
    unit * 0.036,
    mix(far, palette.sky[2], 0.3),
  );
}

/** Draws the objects of the prompt on ground and water. */
export function paintCast(stage: Stage, spots: Spots): void {
  const { subject, palette, unit } = stage;
  paintFloaters(stage, spots);
  if (spots.ground !== null && wants(stage, 'pine') && subject.places[0] !== 'forest') {
    const ground = spots.ground;
    const contour = Array.from(
      { length: 9 },
      (_, step) => [(step / 8) * stage.width, ground((step / 8) * stage.width)] as const,
    );
    if (spots.water === null)
      paintFirs(stage, 'wanted-firs', contour, shade(palette.near, -0.05), unit * 0.26, 9);
  }
  paintStanders(stage, spots);
  if (spots.ground === null || !wants(stage, 'flowers')) return;
  const petals =
    subject.tints.get('flowers') ??
    (subject.colours[0] === undefined ? palette.accent : tone(0.72, 0.15, subject.colours[0].h));
  paintFlowers(stage, spots.ground, petals);
}
