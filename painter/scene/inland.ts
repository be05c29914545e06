import { hasStanders } from '../cast/actors.js';
import { paintBridge } from '../figure/building.js';
import { paintCactus, paintFirs, paintGrass, paintTrunks, paintTufts } from '../figure/flora.js';
import { paintDune, paintMesas } from './dune.js';
import { fillLand, heightAt, hills, paintFurrows, paintRange } from '../elements/land.js';
import type { Point } from '../drawing/pen.js';
import { allowed, layer, type Spots, type Stage, wants } from '../drawing/stage.js';
import { backRange, has, last, rolling, standing } from '../elements/terrain.js';
import { mix, shade, tone, type Tone } from '../drawing/tone.js';
import { paintRiver } from '../elements/water.js';
import { paintMist } from '../elements/weather.js';

export function paintMountains(stage: Stage): Spots {
  const { height, unit, subject, palette } = stage;
  const minimal = subject.styles.has('minimal');
  const snow =
    allowed(stage, 'snow') && (subject.weather.has('snow') || stage.dice.fork('caps').chance(0.55));
  paintRange(stage, 'range0', height * 0.62, height * 0.27, 0.02, 5, false);
  if (!minimal) paintRange(stage, 'range1', height * 0.68, height * 0.34, 0.2, 3, snow);
  paintMist(stage, height * 0.66, height * 0.16, 0.4);
  paintRange(stage, 'range2', height * 0.8, height * 0.3, 0.46, 3, snow && minimal);
  paintMist(stage, height * 0.79, height * 0.14, 0.36);
  // Objects on the ground need a foreground; for trees only, a low one is enough.
  const peopled = hasStanders(stage);
  const slopes = rolling(
    stage,
    'foot',
    peopled ? [0.79, 0.86] : [0.81, 0.93],
    2,
    [0.74, 1],
    (slope, index) => {
      if (!minimal && index === 0) paintFirs(stage, 'firs0', slope, layer(stage, 0.8), unit * 0.1, 46);
    },
  );
  const contour = last(slopes);
  if (!minimal && peopled) paintTufts(stage, (x) => heightAt(contour, x), shade(palette.near, 0.07));
  if (!minimal && !peopled) paintFirs(stage, 'firs1', contour, shade(palette.near, -0.035), unit * 0.17, 24);
  return standing(stage, contour);
}

export function paintRiverland(stage: Stage): Spots {
  const { height, width, unit, horizon } = stage;
  if (has(stage, 'mountains') || stage.dice.fork('alps').chance(0.5))
    backRange(stage, horizon + height * 0.04, height * 0.26);
  const fields = rolling(stage, 'vale', [0.56, 0.66], 3, [0.25, 0.85], (contour, index) => {
    if (index === 1) paintFirs(stage, 'vale-firs', contour, layer(stage, 0.66), unit * 0.07, 34);
  });
  const field = last(fields);
  paintTufts(stage, (x) => heightAt(field, x), shade(layer(stage, 0.85), 0.06));
  const top = heightAt(field, width / 2);
  const bank = paintRiver(stage, top + unit * 0.012);
  const y = height * 0.83;
  const [left] = bank(y);
  if (wants(stage, 'bridge')) stage.pen.group('bridge-1', () => { paintBridge(stage, height * 0.7, height * 0.79); }); // prettier-ignore
  return {
    ground: () => y,
    reach: left > width * 0.4 ? [width * 0.04, left - unit * 0.03] : [bank(y)[1] + unit * 0.03, width * 0.96],
    water: null,
  };
}

export function paintForest(stage: Stage): Spots {
  const { height, unit, palette, subject } = stage;
  if (has(stage, 'mountains')) backRange(stage, height * 0.56, height * 0.28);
  const rows = subject.styles.has('minimal') ? 2 : 4;
  const isSnowy = subject.weather.has('snow');
  // Dark wood on white ground, so that a forest in the snow keeps its depth.
  const wood = (colour: Tone): Tone => (isSnowy ? mix(colour, tone(0.26, 0.05, 215), 0.62) : colour);
  const bed = (colour: Tone): Tone =>
    isSnowy ? mix(colour, tone(0.97, 0.008, 240), palette.dark ? 0.3 : 0.6) : colour;
  for (let row = 0; row < rows; row += 1) {
    const depth = 0.08 + (0.66 * row) / (rows - 1);
    const contour = hills(
      stage,
      stage.dice.fork(`wood${row}`),
      height * (0.52 + 0.26 * (row / (rows - 1))),
      unit * 0.03,
      4,
    );
    paintFirs(
      stage,
      `wood${row}`,
      contour,
      wood(layer(stage, depth)),
      unit * (0.2 + 0.1 * row),
      30 - row * 5,
    );
    fillLand(stage, contour, bed(layer(stage, depth)), 0.4 - depth * 0.2, true);
    paintMist(stage, height * (0.58 + 0.26 * (row / (rows - 1))), height * 0.16, 0.34 - 0.05 * row);
  }
  const glade = hills(stage, stage.dice.fork('glade0'), height * 0.86, unit * 0.07, 3.1);
  fillLand(stage, glade, bed(layer(stage, 0.86)), 0.16, true);
  if (has(stage, 'river')) paintRiver(stage, height * 0.87);
  paintTufts(stage, (x) => heightAt(glade, x), shade(layer(stage, 0.86), 0.06));
  paintTrunks(stage, shade(wood(palette.near), -0.06));
  if (!subject.styles.has('minimal') && !isSnowy) paintGrass(stage, shade(palette.near, -0.07));
  return standing(stage, glade, [0.24, 0.76]);
}

export function paintDesert(stage: Stage): Spots {
  const { height, width, unit, dice, subject } = stage;
  if (has(stage, 'mountains')) backRange(stage, height * 0.6, height * 0.24);
  else if (!subject.styles.has('minimal')) {
    paintMesas(stage, 'mesa0', height * 0.61, height * 0.11, 0.02);
    paintMesas(stage, 'mesa1', height * 0.63, height * 0.14, 0.16);
  }
  paintDune(stage, 'dune0', height * 0.63, unit * 0.06, 0.3);
  paintDune(stage, 'dune1', height * 0.72, unit * 0.1, 0.55);
  const middle = paintDune(stage, 'dune2', height * 0.83, unit * 0.13, 0.78);
  const chance = dice.fork('cacti');
  if (
    allowed(stage, 'cactus') &&
    !subject.styles.has('minimal') &&
    (wants(stage, 'cactus') || chance.chance(0.4))
  ) {
    for (let index = 0; index < 3; index += 1) {
      const x = ((index + chance.between(0.15, 0.85)) / 3) * width;
      paintCactus(stage, x, heightAt(middle, x) + unit * 0.02, unit * chance.between(0.07, 0.14));
    }
  }
  const front = paintDune(stage, 'dune3', height * 0.95, unit * 0.15, 1);
  return standing(stage, front);
}

export function paintMeadow(stage: Stage): Spots {
  const { height, unit, subject, palette } = stage;
  if (has(stage, 'mountains')) backRange(stage, height * 0.62, height * 0.26);
  const minimal = subject.styles.has('minimal');
  const fields = rolling(stage, 'field', [0.56, 0.8], 4, [0.12, 1], (contour, index) => {
    const low = contour.map(([x, y]): Point => [x, y + unit * 0.004]);
    if (!minimal && index < 2)
      paintFirs(
        stage,
        `field-firs${index}`,
        low,
        layer(stage, 0.3 + 0.26 * index),
        unit * (0.035 + 0.025 * index),
        34,
      );
  });
  if (!minimal) {
    paintFurrows(stage, last(fields), 1);
    paintTufts(stage, (x) => heightAt(last(fields), x), shade(palette.near, 0.08));
    paintGrass(stage, shade(palette.near, -0.06));
  }
  return standing(stage, last(fields));
}
