import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { feedPolicy } from '../../config/policy/operations/feed.js';
import { Dice } from '../../painter/drawing/random.js';
import { falEnvironment } from '../support/fal/fal-service.js';
import type { FalServer } from '../support/fal/fal-server.js';
import { FalWeather } from '../support/fal/fal-weather.js';
import { faultKills, faultSeed } from '../support/generations/fault-kills.js';
import { faultPlaces } from '../support/generations/fault-places.js';
import { generationsHold } from '../support/generations/fault-outcome.js';
import { FaultRun, providerOfFaults } from '../support/generations/fault-run.js';
import { GenerationLoad } from '../support/generations/generation-load.js';
import type { Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { Fleet, type Member } from '../support/services/fleet.js';

/** Twice as long as an instance may be without its feed, and longer. */
const awayMs = feedPolicy.silenceLimitMs * 2.5;

/** What happens to one of the two instances of a role; the other serves meanwhile. */
const troubles: readonly (readonly [title: string, begin: (pair: readonly Member[]) => Promise<void>])[] = [
  ['is killed', async ([first]) => first?.restart()],
  ['stands still', async ([, second]) => second?.paused(() => sleep(awayMs))],
  ['is cut off from the database', async ([first]) => first?.cutOff(() => sleep(awayMs))],
];
const anyOf = (place: number) => troubles[place % troubles.length] ?? troubles[0] ?? fail();
const fail = (): never => {
  throw new Error('there is none');
};

/** Each is of one instance of either role at a time, in all combinations. */
const count = faultKills(troubles.length);
const seed = faultSeed();

describe(`generations on two instances that answer and two that take jobs, in ${count} troubles (FAULT_SEED=${seed})`, () => {
  const dice = new Dice(seed);
  const load = new GenerationLoad();
  let fal: FalServer;
  let fleet: Fleet;
  let run: FaultRun;
  /** Answers of 200 to a token that was signed out longer ago than a replica may be stale. */
  const believed: string[] = [];
  let refusals = 0;

  /** Signs out at one of the instances, and asks all of them until the trouble is over. */
  async function signedOut(account: Account, trouble: string, isOver: () => boolean): Promise<void> {
    // The proxy has no answer of an instance that is killed just now, and none is ready for a moment.
    const isOut = async (): Promise<boolean> => {
      const asked = account.visitor.call('/api/v1/auth/logout', { method: 'POST', token: account.token });
      const status = (await asked.catch(() => null))?.status;
      return status === 204 || status === 401;
    };
    await until(isOut, 'a sign-out');
    const since = performance.now();
    do {
      await Promise.all(
        fleet.webs.map(async ({ service }, place) => {
          const sentAt = performance.now();
          const answer = await service
            .visitor()
            .call('/api/v1/auth/session', { token: account.token })
            .catch(() => null);
          if (answer?.status === 401) refusals++;
          if (answer?.status === 200 && sentAt - since > feedPolicy.silenceLimitMs)
            believed.push(`${trouble}: by ${place} after ${Math.round(sentAt - since)} ms`);
        }),
      );
      await sleep(50);
    } while (!isOver() || performance.now() - since < awayMs);
  }

  beforeAll(
    async () => {
      fal = await providerOfFaults();
      const weather = new FalWeather(fal, dice.fork('weather'));
      fleet = await Fleet.start(2, { ...falEnvironment(fal), DEFAULT_USER_CREDITS: '100000000' });
      run = new FaultRun(fleet.first.home, fal, weather, load);
      const people = await Promise.all(Array.from({ length: 5 }, () => fleet.signUp()));
      load.begin(people, 2, 1000, dice.fork('load'));
      weather.begin();
      const places = Object.values(faultPlaces);
      for (let round = 0; round < count; round++) {
        const ofWeb = anyOf(round);
        const ofWorker = anyOf(round + Math.floor(round / troubles.length) + 1);
        const leaving = await fleet.signUp();
        await places[round % places.length]?.(fal, dice.fork(`trouble ${round}`));
        let isOver = false;
        const trouble = Promise.all([ofWeb[1](fleet.webs), ofWorker[1](fleet.workers)]).finally(() => {
          isOver = true;
        });
        const title = `one that answers ${ofWeb[0]}, one that takes jobs ${ofWorker[0]}`;
        await Promise.all([trouble, signedOut(leaving, title, () => isOver)]);
        await fleet.areReady();
      }
      await run.finish();
      run.report(`${count} troubles, seed ${seed}`);
    },
    300_000 + count * 30_000,
  );

  afterAll(async () => {
    await fleet.stop();
    await fal.stop();
  });

  const keyOf = (path: string): string => path.slice(path.indexOf('/') + 1);

  generationsHold(
    () => run,
    () => ({
      keys: [...fleet.objects.keys()].map(keyOf),
      read: (key) => [...fleet.objects].find(([path]) => keyOf(path) === key)?.[1].bytes,
    }),
    count,
  );

  it('refuse a token that was signed out on every instance, through all of it', () => {
    expect(believed).toEqual([]);
    expect(refusals).toBeGreaterThan(count);
  });
});
