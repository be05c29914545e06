import type { Log } from './observability/log.js';

/** Called when a step of the start is done: a first start takes seconds, and a person must see that it goes on. */
export type StepDone = (what: string) => void;

/** One log line for each step, with the milliseconds since the step before. */
export function bootSteps(log: Log): StepDone {
  let last = performance.now();
  return (what) => {
    const now = performance.now();
    log.info(`BOOT ${what}`, { ms: Math.round(now - last) });
    last = now;
  };
}
