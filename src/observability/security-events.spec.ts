import { describe, expect, it } from '@jest/globals';
import { eventThrottlePolicy } from '../../config/policy/operations/security-events.js';
import { Log } from './log.js';
import { SecurityEvents, type SecurityEvent } from './security-events.js';

const refused = (sourceIp: string): SecurityEvent => ({
  event: 'authz_fail',
  level: 'LOW',
  text: 'AUTH-MIDDLEWARE VIOLATION expired',
  response: 'refused',
  sourceIp,
});

describe('security events', () => {
  it('tell listeners of each, and the store of each line', () => {
    const events = new SecurityEvents(Log.silent());
    const [heard, kept]: [SecurityEvent[], SecurityEvent[]] = [[], []];
    events.listen((event) => heard.push(event));
    events.listenToWritten((event) => kept.push(event));
    for (let at = 0; at < 50; at++) events.record(refused('192.0.2.1'));
    expect([heard.length, kept.length]).toEqual([50, 1]);
    events.flush();
    expect(kept.map(({ suppressed }) => suppressed)).toEqual([undefined, 48]);
  });

  it('say how many stand in no line, once', () => {
    const events = new SecurityEvents(Log.silent());
    const kept: SecurityEvent[] = [];
    events.listenToWritten((event) => kept.push(event));
    for (let at = 0; at < eventThrottlePolicy.perMinute + 7; at++)
      events.record(refused(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`));
    events.flush();
    events.flush();
    const said = kept.filter(({ text }) => text === 'EVENTS suppressed beyond the ceiling of a minute');
    expect(said.map(({ details }) => details)).toEqual([{ suppressed_events: 7 }]);
  });
});
