import { describe, expect, it } from '@jest/globals';
import { alertPolicy } from '../../../../config/policy/operations/security-events.js';
import { AlertThrottle } from './alert-throttle.js';

const minute = alertPolicy.quietSeconds * 1000;

describe('alerts about the same subject', () => {
  it('are sent once a minute, and the next has the number suppressed between', () => {
    const quiet = new AlertThrottle();
    const answers = [0, 1, 30_000, minute - 1, minute, minute + 1].map((now) => quiet.admit('a', now));
    expect(answers).toEqual([0, null, null, null, 3, null]);
    expect(quiet.admit('b', minute + 2)).toBe(0);
  });

  it('are sent no more often than the common limit, and every suppressed one is counted', () => {
    const quiet = new AlertThrottle();
    const sent = Array.from({ length: 500 }, (_, at) => quiet.admit(`s${at}`, at));
    expect(sent.filter((suppressed) => suppressed !== null)).toHaveLength(alertPolicy.perMinute);
    expect(quiet.admit('late', minute)).toBe(500 - alertPolicy.perMinute);
  });
});
