import { hasStanders } from '../cast/actors.js';
import { paintNebula } from '../figure/cosmos.js';
import { paintMoonscape } from './moonscape.js';
import { paintSigns } from './neon.js';
import { paintTable } from './table.js';
import { paintUnderwater } from './underwater.js';
import { paintCityGlow, paintParapet, paintSkyline, paintWetGround } from './city.js';
import { paintSea, paintLake } from './coast.js';
import { paintDesert, paintForest, paintMeadow, paintMountains, paintRiverland } from './inland.js';
import { type Spots, type Stage, wants } from '../drawing/stage.js';
import { backRange, has } from '../elements/terrain.js';
import { paintMist } from '../elements/weather.js';
import type { Place } from '../vocabulary/scenes.js';

function paintCity(stage: Stage): Spots {
  const { height, horizon } = stage;
  if (has(stage, 'mountains')) backRange(stage, horizon, height * 0.34);
  const base = height * 0.76;
  if (stage.palette.dark) paintCityGlow(stage, base);
  paintSkyline(stage, base);
  paintMist(stage, base, height * 0.2, stage.palette.dark ? 0.2 : 0.32);
  paintWetGround(stage, base);
  if (stage.subject.moods.has('neon')) paintSigns(stage, base);
  const harbour = has(stage, 'sea') || has(stage, 'lake') || has(stage, 'river') || has(stage, 'island');
  const water = harbour || wants(stage, 'boat') || wants(stage, 'bridge') ? ([base, height] as const) : null;
  if (!hasStanders(stage) && !wants(stage, 'flowers')) return { ground: null, reach: [0, 0], water };
  paintParapet(stage, height * 0.86);
  return { ground: () => height * 0.87, reach: [stage.width * 0.06, stage.width * 0.94], water };
}

const painters: Record<Place, (stage: Stage) => Spots> = {
  space: paintMoonscape,
  underwater: paintUnderwater,
  table: paintTable,
  city: paintCity,
  sea: paintSea,
  island: paintSea,
  lake: paintLake,
  desert: paintDesert,
  forest: paintForest,
  river: paintRiverland,
  mountains: paintMountains,
  meadow: paintMeadow,
};

/** Draws the landscape of the first place, with the details of the other places. */
export function paintScene(stage: Stage): Spots {
  const [place = 'mountains'] = stage.subject.places;
  return painters[place](stage);
}

/** Adds gas clouds to the sky of a landscape that is combined with space. */
export function paintGalaxy(stage: Stage): void {
  if (has(stage, 'space')) paintNebula(stage, 0.2);
}
