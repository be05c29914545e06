import { jest } from '@jest/globals';

/** The clocks of this process, which `pass` moves on; timers go on as they were. */
export function passingTime(): { pass(ms: number): void; restore(): void } {
  let passed = 0;
  const [date, monotonic] = [Date.now.bind(Date), performance.now.bind(performance)];
  const spies = [
    jest.spyOn(Date, 'now').mockImplementation(() => date() + passed),
    jest.spyOn(performance, 'now').mockImplementation(() => monotonic() + passed),
  ];
  return {
    pass: (ms) => {
      passed += ms;
    },
    restore: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}
