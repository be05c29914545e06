import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Dice } from '../../painter/drawing/random.js';
import { EmbeddedFolders } from '../support/process/embedded-folder.js';
import { falEnvironment } from '../support/fal/fal-service.js';
import type { FalServer } from '../support/fal/fal-server.js';
import { FalWeather } from '../support/fal/fal-weather.js';
import { faultKills, faultSeed } from '../support/generations/fault-kills.js';
import { faultPlaces } from '../support/generations/fault-places.js';
import { portBelowOutgoing } from '../support/process/free-port.js';
import { generationsHold } from '../support/generations/fault-outcome.js';
import { FaultRun, providerOfFaults } from '../support/generations/fault-run.js';
import { GenerationLoad } from '../support/generations/generation-load.js';
import { Service, signUp } from '../support/process/service.js';

const kills = faultKills(4);
const seed = faultSeed();
const people = 5;
describe(`generations whose service is killed -9 ${kills} times (FAULT_SEED=${seed})`, () => {
  const dice = new Dice(seed);
  const folders = new EmbeddedFolders();
  const home = folders.prepared();
  const load = new GenerationLoad();
  let fal: FalServer;
  let service: Service;
  let lastKill = 0;
  let run: FaultRun;

  beforeAll(
    async () => {
      fal = await providerOfFaults();
      const weather = new FalWeather(fal, dice.fork('weather'));
      run = new FaultRun(home, fal, weather, load);
      const port = String(await portBelowOutgoing());
      const env = {
        ...falEnvironment(fal),
        DEFAULT_USER_CREDITS: '100000000',
        // What was handed over before a kill is called back at the same address after it.
        PORT: port,
        PUBLIC_URL: `http://127.0.0.1:${port}`,
      };
      service = await Service.start(env, home);
      const accounts = await Promise.all(Array.from({ length: people }, () => signUp(service)));
      const places = Object.values(faultPlaces);
      load.begin(accounts, 2, 1000, dice.fork('load'));
      weather.begin();
      for (let kill = 0; kill < kills; kill += 1) {
        const [place, moment] = [places[kill % places.length], dice.fork(`kill ${kill}`)];
        await sleep(moment.whole(100, 600));
        await place?.(fal, moment);
        await service.kill();
        lastKill = Date.now();
        service = await Service.start(env, home);
      }
      await run.finish();
      run.report(`${kills} kills, seed ${seed}`);
    },
    300_000 + kills * 20_000,
  );

  afterAll(async () => {
    await fal.stop();
    await service.discard();
    await folders.remove();
  });

  const objects = join(home, 'objects');
  const isDraft = (path: string): boolean => path.startsWith(join(objects, '.parts'));

  generationsHold(
    () => run,
    () => ({
      keys: filesBelow(objects)
        .filter((path) => !isDraft(path))
        .map((path) => relative(objects, path)),
      read: (key) => readFileSync(join(objects, key)),
    }),
    kills * 2,
  );

  it('leave drafts of objects only where their writer was killed', () => {
    const drafts = filesBelow(objects).filter(isDraft);
    expect(drafts.filter((path) => statSync(path).mtimeMs > lastKill)).toEqual([]);
  });
});

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
