import { describe, expect, it } from '@jest/globals';
import { SystemRandom } from './system.js';

describe('random bytes of the system', () => {
  const random = new SystemRandom();

  it.each([0, 1, 12, 32, 256, 257, 5000])('are as many as asked for: %d', (count) => {
    expect(random.bytes(count)).toHaveLength(count);
  });

  it('are given to nobody twice, also behind the end of what was asked for at a time', () => {
    const seen = new Set<string>();
    for (let count = 0; count < 5000; count++) seen.add(random.bytes(12).toString('hex'));
    expect(seen.size).toBe(5000);
    expect(seen.has('0'.repeat(24))).toBe(false);
  });

  it('stay as they are while others are given away', () => {
    const first = random.bytes(16);
    const copy = first.toString('hex');
    for (let count = 0; count < 1000; count++) random.bytes(16).fill(0);
    expect(first.toString('hex')).toBe(copy);
  });

  it('make ids that are versions 7 of their millisecond, and no two alike', () => {
    const before = Date.now();
    const ids = Array.from({ length: 2000 }, () => random.timeOrderedUuid());
    expect(new Set(ids).size).toBe(2000);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const moment = parseInt(id.replace('-', '').slice(0, 12), 16);
      expect(moment).toBeGreaterThanOrEqual(before);
      expect(moment).toBeLessThanOrEqual(Date.now());
    }
  });
});
