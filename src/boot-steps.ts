import type { Log } from './observability/log.js';
import type { StartTrace } from './start-trace.js';

/** Called when a step of the start is done: a first start takes seconds, and a person must see that it goes on. */
export type StepDone = (what: string) => void;

/** One log line for each step, with the milliseconds since the step before. */
export function bootSteps(log: Log, trace: StartTrace): StepDone {
  let last = performance.now();
  return (what) => {
    const now = performance.now();
    log.info(`BOOT ${what}`, { ms: Math.round(now - last) });
    trace.add(what, last, now);
    last = now;
  };
}
