import { describe, expect, it } from '@jest/globals';
import { inBatches } from './in-batches.js';

describe('work in batches', () => {
  it.each([
    ['goes on while batches are full', [5, 5, 3, 5], 3],
    ['ends with a batch that is empty', [0, 5], 1],
  ])('%s', async (_, results, expected) => {
    let batches = 0;
    await inBatches(5, () => Promise.resolve(results[batches++] ?? 0), new AbortController().signal);
    expect(batches).toBe(expected);
  });

  it('starts no batch once it is aborted, though every one was full', async () => {
    const stopping = new AbortController();
    let batches = 0;
    const batch = (): Promise<number> => {
      if (++batches === 2) stopping.abort();
      return Promise.resolve(5);
    };
    await inBatches(5, batch, stopping.signal);
    await inBatches(5, batch, stopping.signal);
    expect(batches).toBe(2);
  });
});
