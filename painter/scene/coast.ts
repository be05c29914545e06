import { actorOf, hasStanders } from '../cast/actors.js';
import { paintFirs, paintPalm } from '../figure/flora.js';
import { type Contour, fillLand, heightAt, hills } from '../elements/land.js';
import { at, curve, type Point } from '../drawing/pen.js';
import { allowed, layer, lit, type Spots, type Stage } from '../drawing/stage.js';
import { backRange, has, last, rolling, standing } from '../elements/terrain.js';
import { hex, mix, shade, tone } from '../drawing/tone.js';
import { paintReflection, paintWater } from '../elements/water.js';
import { paintMist } from '../elements/weather.js';

/** A rock that rises from the water on the side away from the light. */
function headland(stage: Stage, side: 1 | -1, y: number, rise: number): Contour {
  const { width, pen, dice, palette } = stage;
  const chance = dice.fork('headland');
  const x = (share: number): number => (side === -1 ? share : 1 - share) * width;
  const profile = [[-0.08, 0.82], [0.05, 1], [0.16, 1.03], [0.27, 1], [0.335, 0.95], [0.37, 0.6], [0.42, 0.42], [0.46, 0.16], [0.54, 0]] as const; // prettier-ignore
  const points = profile.map(([share, tall]): Point => [
    x(share),
    y - rise * tall * (tall > 0.9 ? 1 : chance.between(0.85, 1.15)),
  ]);
  const contour = side === -1 ? points : [...points].reverse();
  const fill = pen.linear(
    [0, y - rise],
    [0, y + rise * 0.2],
    [
      { at: 0, tone: shade(palette.near, 0.05) },
      { at: 0.14, tone: palette.near },
      { at: 1, tone: mix(shade(palette.near, -0.06), palette.water[1], 0.25) },
    ],
  );
  const foot = points.map(([px], index): Point => [px, y + Math.sin(index * 2.1) * rise * 0.025]).reverse();
  pen.path(
    `M${points.map(([px, py]) => at(px, py)).join('L')}L${foot.map(([px, py]) => at(px, py)).join('L')}Z`,
    { fill },
  );
  const cracks = [0.08, 0.2, 0.3].map(
    (share) =>
      `M${at(x(share), y - rise * 0.9)}L${at(x(share + 0.035), y - rise * 0.62)}L${at(x(share + 0.01), y - rise * 0.3)}L${at(x(share + 0.06), y)}L${at(x(share + 0.1), y)}L${at(x(share + 0.045), y - rise * 0.5)}Z`,
  );
  pen.path(cracks.join(''), { fill: `#000000`, opacity: 0.13 });
  const foam = points.slice(4).map(([px], index): Point => [px, y + rise * 0.03 * Math.sin(index * 2.1 + 1)]);
  pen.path(curve(foam), { stroke: '#ffffff', line: rise * 0.018, opacity: 0.5 });
  return contour;
}

export function paintSea(stage: Stage): Spots {
  const { height, width, horizon, unit, dice } = stage;
  if (has(stage, 'mountains')) backRange(stage, horizon, height * 0.2);
  else if (!stage.subject.styles.has('minimal') || has(stage, 'island')) farCoast(stage);
  paintWater(stage, horizon, height);
  const water = [horizon, height] as const;
  if (has(stage, 'island')) return paintIsland(stage);
  const isBeach =
    crowd(stage) > 1.2 || [...stage.subject.things].some((thing) => actorOf(stage, thing)?.row === 'front');
  if (isBeach) return { ...paintBeach(stage), water: [horizon, height * 0.8] };
  const stands = hasStanders(stage);
  if (!stands && (stage.subject.styles.has('minimal') || dice.fork('rock').chance(0.45)))
    return { ground: null, reach: [0, 0], water };
  const side = lit(stage, width / 2) === 1 ? -1 : 1;
  const contour = headland(stage, side, height * 0.9, unit * 0.25);
  const reach = side === -1 ? ([0.1, 0.26] as const) : ([0.74, 0.9] as const);
  return { ...standing(stage, contour, reach), water };
}

/** How many objects stand on the ground, by their number. */
function crowd(stage: Stage): number {
  const { things, counts } = stage.subject;
  return [...things].reduce(
    (sum, thing) => sum + (actorOf(stage, thing)?.row === 'back' ? (counts.get(thing) ?? 1) : 0),
    0,
  );
}

/** Sand along the lower edge, with the foam of the last wave. */
function paintBeach(stage: Stage): Omit<Spots, 'water'> {
  const { pen, palette, width, height, unit, dice } = stage;
  const snow = stage.subject.weather.has('snow');
  const line = hills(stage, dice.fork('beach'), height * 0.82, unit * 0.016, 4);
  const sand = mix(
    snow ? tone(0.93, 0.01, 240) : tone(0.83, 0.065, 80),
    palette.near,
    palette.dark ? 0.55 : 0.1,
  );
  pen.path(curve(line), {
    stroke: hex(mix(palette.water[0], tone(1, 0, 0), 0.6)),
    line: unit * 0.018,
    opacity: 0.75,
  });
  const fill = pen.linear([0, height * 0.8], [0, height], [{ at: 0, tone: shade(sand, -0.07) }, { at: 0.2, tone: sand }, { at: 1, tone: shade(sand, -0.09) }]); // prettier-ignore
  pen.path(`${curve(line)}L${at(width * 1.05, height + 5)}L${at(-width * 0.05, height + 5)}Z`, { fill });
  return standing(stage, line, [0.05, 0.95]);
}

function farCoast(stage: Stage): void {
  const { horizon, unit, dice } = stage;
  const chance = dice.fork('coast');
  const contour = hills(stage, chance, horizon + unit * 0.012, unit * 0.05, 3.4).map(([x, y]): Point => [
    x,
    Math.min(y, horizon + 1),
  ]);
  fillLand(stage, contour, mix(layer(stage, 0.1), stage.palette.sky[2], 0.25), 0.5, true, horizon);
}

function paintIsland(stage: Stage): Spots {
  const { height, width, unit, pen, palette, dice } = stage;
  const y = height * 0.82;
  const contour = Array.from({ length: 15 }, (_, step): Point => {
    const share = step / 14;
    return [
      width * (0.2 + 0.6 * share),
      y - unit * 0.09 * Math.sin(share * Math.PI) ** 0.8 * (1 + 0.15 * Math.sin(share * 9)),
    ];
  });
  const sand = mix(tone(0.84, 0.07, 80), palette.near, palette.dark ? 0.6 : 0.15);
  const low = contour
    .map(([x, py]): Point => [width / 2 + (x - width / 2) * 1.16, y + (y - py) * 0.32])
    .reverse();
  pen.path(`${curve(contour)}${curve(low, 'L')}Z`, { fill: pen.linear([0, y - unit * 0.1], [0, y + unit * 0.03], [{ at: 0, tone: sand }, { at: 1, tone: shade(sand, -0.12) }]) }); // prettier-ignore
  const green = contour
    .slice(2, -2)
    .map(([x, py], index): Point => [x, py - unit * 0.018 * (1 + Math.sin(index * 1.9))]);
  const base = contour
    .slice(2, -2)
    .map(([x, py]): Point => [x, py + unit * 0.018])
    .reverse();
  pen.path(`${curve(green)}${curve(base, 'L')}Z`, { fill: pen.linear([0, y - unit * 0.12], [0, y], [{ at: 0, tone: shade(palette.near, 0.05) }, { at: 1, tone: shade(palette.near, -0.06) }]) }); // prettier-ignore
  const chance = dice.fork('palms');
  if (allowed(stage, 'palm')) {
    for (const share of [0.36, 0.44, 0.62]) {
      const x = (share + chance.between(-0.03, 0.03)) * width;
      paintPalm(stage, x, heightAt(contour, x) + unit * 0.01, unit * chance.between(0.22, 0.36));
    }
  }
  const reach = hasStanders(stage) ? ([0.28, 0.72] as const) : ([0.5, 0.58] as const);
  return { ...standing(stage, contour, reach), water: [stage.horizon, height] };
}

export function paintLake(stage: Stage): Spots {
  const { height, horizon, unit, palette } = stage;
  const range =
    has(stage, 'forest') && !has(stage, 'mountains')
      ? last(rolling(stage, 'shore', [0.5, 0.56], 2, [0.1, 0.3]))
      : backRange(stage, horizon, height * 0.3);
  paintMist(stage, horizon, height * 0.12, 0.45);
  const shore: Contour = hills(stage, stage.dice.fork('bank'), horizon - unit * 0.012, unit * 0.012, 6);
  fillLand(stage, shore, layer(stage, 0.5), 0.1, true, horizon + 4);
  paintFirs(stage, 'bank-firs', shore, layer(stage, 0.55), unit * 0.075, 60);
  paintWater(stage, horizon, height);
  paintReflection(stage, range, horizon, 0.7, layer(stage, 0.3));
  paintReflection(
    stage,
    shore.map(([x, y]): Point => [x, y - unit * 0.04]),
    horizon,
    1,
    layer(stage, 0.6),
  );
  const level = hasStanders(stage) ? 0.86 : 0.93;
  const front = last(rolling(stage, 'near-shore', [level, level], 1, [1, 1]));
  if (!stage.subject.styles.has('minimal')) {
    const edges = front.map(([x, y]): Point => [
      x,
      y + (Math.abs(x / stage.width - 0.5) < 0.27 ? unit * 0.5 : 0),
    ]);
    paintFirs(stage, 'near-firs', edges, shade(palette.near, -0.03), unit * 0.3, 13);
  }
  return { ...standing(stage, front), water: [horizon, height * 0.88] };
}
