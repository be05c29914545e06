import { beforeEach } from '@jest/globals';
import { MemoryCounters } from '../../src/adapters/memory/memory-counters.js';
import { Clock } from '../../src/ports/clock.js';
import { countersContract, type CountersStage } from './counters.js';

class HandClock extends Clock {
  time = 1_000_000;

  now(): number {
    return this.time;
  }
}

let stage: CountersStage;
beforeEach(() => {
  const clock = new HandClock();
  stage = {
    counters: new MemoryCounters(clock),
    pass: (ms) => {
      clock.time += ms;
      return Promise.resolve();
    },
  };
});
countersContract('memory', () => stage);
