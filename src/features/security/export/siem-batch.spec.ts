import { describe, expect, it } from '@jest/globals';
import type { SiemRecord } from '../../../ports/delivery/siem-receiver.js';
import { withinBytes } from './siem-batch.js';

const recordOf = (json: string): SiemRecord => ({
  id: json,
  name: 'authz_fail',
  level: 'LOW',
  at: new Date(0),
  instance: null,
  json,
});

describe('a batch', () => {
  it.each([
    [['aaa', 'bbb', 'ccc'], 100, 3],
    [['aaa', 'bbb', 'ccc'], 10, 2],
    [['aaa', 'bbb', 'ccc'], 9, 1],
    // Counted in bytes, and one that is too long alone is sent alone.
    [['äää', 'bbb'], 10, 1],
    [['a'.repeat(500), 'b'], 10, 1],
    [[], 10, 0],
  ])('of %p has within %d bytes the first %d', (texts, bytes, count) => {
    const records = texts.map(recordOf);
    expect(withinBytes(records, bytes)).toEqual(records.slice(0, count));
  });
});
