import { describe, expect, it } from '@jest/globals';
import { describeCause, describeWholeCause } from './log.js';

/** A database error that quotes what somebody sent, five causes deep. */
function deepCause(): Error {
  let cause: Error = Object.assign(new Error('value "from-a-person" is too long'), { code: '22001' });
  for (let depth = 4; depth > 0; depth--) cause = new Error(`around-${depth}`, { cause });
  return cause;
}

describe('the cause of an error in the log', () => {
  it('omits what a database quotes, and causes deeper than four errors', () => {
    const direct = Object.assign(new Error('value "from-a-person" is too long'), { code: '22001' });
    expect(JSON.stringify(describeCause(direct))).not.toContain('from-a-person');
    const deep = JSON.stringify(describeCause(deepCause()));
    expect([deep.includes('around-4'), deep.includes('22001')]).toEqual([true, false]);
  });

  it('is whole with DEBUG', () => {
    const whole = JSON.stringify(describeWholeCause(deepCause()));
    for (const part of ['from-a-person', 'around-1', 'around-4', '22001']) expect(whole).toContain(part);
  });

  it('ends when an error is its own cause, with DEBUG too', () => {
    const own = new Error('own-cause');
    own.cause = own;
    for (const [describe, errors] of [
      [describeCause, 4],
      [describeWholeCause, 9],
    ] as const)
      expect(JSON.stringify(describe(own)).match(/"name"/g)).toHaveLength(errors);
  });
});
