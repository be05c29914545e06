import { Clock } from '../../../src/ports/clock.js';

/** A clock that a test turns: `time` in milliseconds since the epoch. */
export class HandClock extends Clock {
  private jumped = 0;

  constructor(public time = 1_800_000_000_000) {
    super();
  }

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time - this.jumped;
  }

  /** Somebody sets the machine's clock: no time has passed. */
  jump(ms: number): void {
    this.time += ms;
    this.jumped += ms;
  }
}
