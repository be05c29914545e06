import { describe, expect, it } from '@jest/globals';
import { eventThrottlePolicy } from '../../config/policy/operations/security-events.js';
import { EventThrottle } from './event-throttle.js';
import type { SecurityEvent } from './security-events.js';

const { quietMs, perSubject, perMinute, held } = eventThrottlePolicy;

const refused = (sourceIp: string, rest: Partial<SecurityEvent> = {}): SecurityEvent => ({
  event: 'authz_fail',
  level: 'LOW',
  text: 'AUTH-MIDDLEWARE VIOLATION expired',
  response: 'refused',
  sourceIp,
  ...rest,
});
const address = (at: number): string => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;

describe('equal events of one subject', () => {
  it('are written at once, and then once a minute with the number suppressed between', () => {
    const throttle = new EventThrottle<SecurityEvent>();
    const written: (SecurityEvent | null)[] = [];
    for (let second = 0; second < 180; second++) {
      written.push(...throttle.due(second * 1000), throttle.admit(refused('192.0.2.1'), second * 1000));
    }
    const lines = [...written.filter((event) => event !== null), ...throttle.flush()];
    expect(lines.map(({ suppressed = 0 }) => suppressed)).toEqual([0, 58, 59, 59]);
    expect(lines.reduce((sum, { suppressed = 0 }) => sum + 1 + suppressed, 0)).toBe(180);
    expect(throttle.isSuppressing).toBe(false);
  });

  it('are others for another address, account, text or level, and the same with other measures', () => {
    const throttle = new EventThrottle<SecurityEvent>();
    const limited = (seconds: number) =>
      refused('192.0.2.1', { details: { rule: 'chat', retry_after_s: seconds } });
    const events = [
      refused('192.0.2.1'),
      refused('192.0.2.2'),
      refused('192.0.2.1', { account: 'a' }),
      refused('192.0.2.1', { text: 'AUTH-MIDDLEWARE VIOLATION revoked' }),
      refused('192.0.2.1', { level: 'HIGH' }),
      limited(1),
      limited(2),
      // One /64 is one subject.
      refused('2001:db8::1'),
      refused('2001:db8::2'),
    ];
    expect(events.map((event) => throttle.admit(event, 0) !== null)).toEqual([
      ...[true, true, true, true, true, true, false],
      ...[true, false],
    ]);
  });

  it('are each written when they are acts of administrators', () => {
    const throttle = new EventThrottle<SecurityEvent>();
    const act = refused('192.0.2.1', { event: 'authz_admin', text: 'ADMIN block lifted' });
    for (let at = 0; at < 500; at++) expect(throttle.admit(act, at)).toBe(act);
  });
});

describe('what is written of security events', () => {
  it('is bounded for one address that varies them, and counts all of them', () => {
    const throttle = new EventThrottle<SecurityEvent>();
    let written = 0;
    for (let at = 0; at < 5000; at++)
      if (throttle.admit(refused('192.0.2.1', { account: String(at) }), at) !== null) written++;
    expect(written).toBe(perSubject + 1);
    const rest = throttle.flush();
    expect(rest.reduce((sum, { suppressed = 0 }) => sum + 1 + suppressed, 0)).toBe(5000 - written);
  });

  it('is bounded for any number of addresses, which take nothing from HIGH and CRITICAL events', () => {
    const throttle = new EventThrottle<SecurityEvent>();
    let written = 0;
    for (let at = 0; at < perMinute + held; at++)
      if (throttle.admit(refused(address(at)), 0) !== null) written++;
    expect([written, throttle.takeBeyond()]).toEqual([perMinute, held]);
    expect(throttle.admit(refused('192.0.2.1', { level: 'HIGH' }), 0)).not.toBeNull();
    expect(throttle.admit(refused('192.0.2.1', { level: 'CRITICAL' }), 0)).not.toBeNull();
  });

  it('loses no count when more differ than are held', () => {
    const throttle = new EventThrottle<SecurityEvent>();
    let [counted, now] = [0, 0];
    const count = (event: SecurityEvent | null): void => {
      if (event !== null) counted += 1 + (event.suppressed ?? 0);
    };
    for (let at = 0; at < 3 * held; at++) {
      if (at % 5000 === 0) now += quietMs;
      count(throttle.admit(refused(address(at)), now));
      count(throttle.admit(refused(address(at)), now));
    }
    for (const event of throttle.flush()) count(event);
    expect(counted + throttle.takeBeyond()).toBe(6 * held);
  });
});
