import { describe, expect, it } from '@jest/globals';
import { readTraceId } from './trace-id.js';

const [trace, parent] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];

describe('the trace of a request', () => {
  it.each([`00-${trace}-${parent}-01`, `00-${trace}-${parent}-00`, `01-${trace}-${parent}-01-more`])(
    'is that of the header %s',
    (header) => {
      expect(readTraceId(header)).toBe(trace);
    },
  );

  it.each([
    undefined,
    '',
    trace,
    `ff-${trace}-${parent}-01`,
    `00-${'0'.repeat(32)}-${parent}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${parent}-01`,
    `00-${trace}-${parent}-01-more`,
    `00-${trace}-${parent}-01\n`,
    `01-${trace}-${parent}-01-${'x'.repeat(300)}`,
  ])('is not taken from %p', (header) => {
    expect(readTraceId(header)).toBeNull();
  });
});
