import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../../../painter/drawing/random.js';
import type { FalServer } from '../fal/fal-server.js';

/** Milliseconds for which a chosen moment is waited for; then any moment will do. */
const patienceMs = 2500;

/** Moments at which a kill hurts most, and any moment. Each resolves when it has come. */
export const faultPlaces: Readonly<Record<string, (fal: FalServer, dice: Dice) => Promise<void>>> = {
  'any moment': async (_fal, dice) => {
    await sleep(dice.whole(0, 900));
  },

  /** The job is taken, and the answer that says so never arrives. */
  'after a submit arrived': async (fal) => {
    const before = fal.jobs.all.length;
    fal.faults.on('submit', { kind: 'hang' }, 1);
    await reached(() => fal.jobs.all.length > before);
  },

  /** Half of a result is here. */
  'during a download': async (fal, dice) => {
    const before = fal.mediaHost.seen.length;
    fal.faults.on('media', { kind: 'drip' }, 1);
    await reached(() => fal.mediaHost.seen.length > before);
    await sleep(dice.whole(0, 60));
  },

  /** A call is on its way: heard or not, its answer may be lost. */
  'between a call and its answer': async (fal, dice) => {
    const waiting = () => fal.jobs.all.findLast(({ state }) => state !== 'COMPLETED');
    await reached(() => waiting() !== undefined);
    const job = waiting();
    if (job === undefined) return;
    await fal.complete(job.id);
    void fal.call(job.id);
    await sleep(dice.whole(0, 12));
  },
};

async function reached(condition: () => boolean): Promise<void> {
  for (const start = performance.now(); !condition() && performance.now() - start < patienceMs;)
    await sleep(1);
}
