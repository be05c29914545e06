import { Clock } from '../../../src/ports/clock.js';

/** A clock that a test turns: `time` in milliseconds since the epoch. */
export class HandClock extends Clock {
  constructor(public time = 1_800_000_000_000) {
    super();
  }

  now(): number {
    return this.time;
  }
}
