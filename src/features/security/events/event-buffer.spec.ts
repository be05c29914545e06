import { describe, expect, it } from '@jest/globals';
import { EventBuffer } from './event-buffer.js';

/** Of numbers; negative ones are major. */
const bufferOf = (capacity: number) =>
  new EventBuffer<number>({ capacity, majorCapacity: 2, isMajor: (item) => item < 0 });

describe('the buffer of events', () => {
  it('gives the oldest first and removes only what was taken', () => {
    const buffer = bufferOf(5);
    for (const item of [1, 2, 3]) expect(buffer.push(item)).toBe(true);
    const taken = buffer.peek(2);
    buffer.push(4);
    buffer.remove(taken);
    expect([taken, buffer.peek(9), buffer.size]).toEqual([[1, 2], [3, 4], 2]);
  });

  it('drops the oldest beyond its bound, and reports that', () => {
    const buffer = bufferOf(3);
    const held = [1, 2, 3, 4, 5].map((item) => buffer.push(item));
    expect([held, buffer.peek(9), buffer.size]).toEqual([[true, true, true, false, false], [3, 4, 5], 3]);
  });

  it('removes the rest of a batch whose beginning was dropped while it was written', () => {
    const buffer = bufferOf(3);
    for (const item of [1, 2, 3]) buffer.push(item);
    const taken = buffer.peek(2);
    buffer.push(4);
    buffer.remove(taken);
    expect(buffer.peek(9)).toEqual([3, 4]);
    buffer.remove([1]);
    expect(buffer.peek(9)).toEqual([3, 4]);
  });

  it('stays within its bound over a hundred thousand items', () => {
    const buffer = bufferOf(100);
    for (let item = 0; item < 100_000; item++) buffer.push(item);
    expect([buffer.size, buffer.peek(1)]).toEqual([100, [99_900]]);
  });

  it('drops no major item for any number of others, and gives them first', () => {
    const buffer = bufferOf(3);
    for (const item of [-1, 1, 2, -2, 3, 4, 5, 6]) buffer.push(item);
    expect(buffer.peek(9)).toEqual([-1, -2, 4, 5, 6]);
    expect(buffer.push(-3)).toBe(false);
    const taken = buffer.peek(3);
    expect(taken).toEqual([-2, -3, 4]);
    buffer.remove(taken);
    expect(buffer.peek(9)).toEqual([5, 6]);
  });
});
