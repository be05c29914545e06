import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RotatingKey } from '../../../../config/config.js';
import { feedPolicy } from '../../../../config/policy/operations/feed.js';
import { Secret } from '../../../../config/values/secret.js';
import { Heartbeat } from './heartbeat.js';

const { beatEveryMs, beatAloneMs, beatJitterMs, clockEveryMs, clockAgainMs } = feedPolicy;
const [first, second] = [new Secret('a secret of the tests'), new Secret('another secret of the tests')];
const alone = { current: first, previous: null };

/** A database whose clock shows this at zero of the monotonic clock; microseconds. */
const epoch = 1_790_000_000_000_000;
const shows = (moment: number): number => epoch + moment * 1000;

/** An instance whose clocks were compared, exactly, at a moment. */
const instance = (at = 1000, offset = 0, key: RotatingKey = alone): Heartbeat => {
  const one = new Heartbeat(key);
  one.readClock(shows(at) + offset, at, at);
  return one;
};
/** By how much a moment may be off because of drift since a comparison. */
const slack = (since: number): number => since * feedPolicy.drift;

describe('a heartbeat that is heard', () => {
  let here: Heartbeat;
  let other: Heartbeat;
  beforeEach(() => {
    [here, other] = [instance(4900), instance(5000)];
  });

  it('proves the time at which it was sent, not that at which it was read: its own', () => {
    const text = here.text(5000);
    here.heard(text, -Infinity, 9000);
    expect(here.provenAt).toBe(5000);
  });

  it('proves the time at which it was sent, not that at which it was read: that of another instance', () => {
    here.heard(other.text(5000), -Infinity, 5100);
    expect(here.provenAt).toBeLessThanOrEqual(5000);
    expect(here.provenAt).toBeGreaterThan(5000 - slack(200) - 1);
  });

  it('counts as sent no later than it was, whatever the database took to answer, on either side', () => {
    // The database's clock was read somewhere between two moments: here at their end, and at their beginning.
    for (const read of [0, 200])
      for (const readThere of [0, 200]) {
        const [one, sender] = [new Heartbeat(alone), new Heartbeat(alone)];
        one.readClock(shows(4800 + read), 4800, 5000);
        sender.readClock(shows(4700 + readThere), 4700, 4900);
        one.heard(sender.text(5000), -Infinity, 5300);
        expect(one.provenAt).toBeLessThanOrEqual(5000);
        expect(one.provenAt).toBeGreaterThan(5000 - 400 - slack(900) - 1);
      }
  });

  it('counts by what several answers of the database have in common', () => {
    here.readClock(shows(5090), 5000, 5100);
    here.heard(other.text(5200), -Infinity, 5200);
    expect(here.provenAt).toBeGreaterThan(5200 - slack(600) - 1);
    expect(here.provenAt).toBeLessThanOrEqual(5200);
  });

  it('counts by a slow answer alone: it could hide that a clock was set', () => {
    here.readClock(shows(6000), 5000, 6000);
    expect(here.isClockOld(5000 + clockAgainMs + 1)).toBe(true);
    here.heard(other.text(6000), -Infinity, 6000);
    expect(here.provenAt).toBeLessThanOrEqual(5000);
  });

  it('proves nothing more when it is heard again, or after a later one', () => {
    const [earlier, later, own] = [other.text(5000), other.text(5500), here.text(4990)];
    here.heard(later, -Infinity, 5600);
    const { provenAt } = here;
    for (const text of [later, earlier, own, own]) here.heard(text, -Infinity, 5700);
    expect(here.provenAt).toBeLessThanOrEqual(provenAt + slack(100));
    expect(here.provenAt).toBeLessThanOrEqual(5500);
  });

  it.each([
    ['nothing', () => ''],
    ['another text', () => 'another'],
    ['one without a signature', () => other.text(5000).replace(/ [0-9a-f]{64}$/, '')],
    ['another time under the same signature', () => other.text(5000).replace(/^(\d{9})\d/, '$19')],
    ['another sender under the same signature', () => other.text(5000).replace(/ ./, ' x')],
    ['the key of another secret', () => instance(5000, 0, { current: second, previous: null }).text(5000)],
    ['more behind it', () => `${other.text(5000)} `],
    ['a megabyte', () => 'x'.repeat(1 << 20)],
  ])('proves nothing: %s', (_, text) => {
    here.heard(text(), -Infinity, 5200);
    expect([here.provenAt, here.isClockOld(5400)]).toEqual([-Infinity, false]);
  });

  it('is one before the secret is rotated and after it, on both sides', () => {
    const rotated = instance(5000, 0, { current: second, previous: first });
    const done = instance(5000, 0, { current: second, previous: null });
    rotated.heard(other.text(5000), -Infinity, 5200);
    done.heard(rotated.text(5100), -Infinity, 5200);
    here.heard(rotated.text(5100), -Infinity, 5200);
    expect([rotated.provenAt > 4900, done.provenAt > 5000, here.provenAt]).toEqual([true, true, -Infinity]);
  });

  it('proves a moment once it was sent at that moment or later', async () => {
    let proven = 0;
    void here.provenSince(5000).then(() => proven++);
    here.heard(here.text(4999), -Infinity, 5100);
    await Promise.resolve();
    expect(proven).toBe(0);
    here.heard(here.text(5000), -Infinity, 5100);
    await Promise.resolve();
    expect(proven).toBe(1);
  });
});

describe('the clock of the database', () => {
  const set = 5_000_000;
  let here: Heartbeat;
  beforeEach(() => {
    here = instance();
  });

  it('is asked again from time to time', () => {
    expect([here.isClockOld(1000 + clockEveryMs), here.isClockOld(1001 + clockEveryMs)]).toEqual([
      false,
      true,
    ]);
  });

  it('that was set forward proves nothing until it was asked again: a heartbeat would seem to be sent later than it was', () => {
    here.heard(instance(2000, set).text(2000), -Infinity, 2001);
    expect([here.provenAt, here.isClockOld(2001)]).toEqual([-Infinity, true]);
    here.readClock(shows(2002) + set, 2002, 2003);
    expect(here.provenAt).toBeLessThanOrEqual(2000);
    expect(here.provenAt).toBeGreaterThan(1950);
    expect(here.isClockOld(2003)).toBe(false);
  });

  it('that was set forward while this process stood still proves nothing either, until it was asked again', () => {
    // Sent at 2000, and read more than five seconds later.
    here.heard(instance(2000, set).text(2000), 8000, 8000);
    expect([here.provenAt, here.isClockOld(8000)]).toEqual([-Infinity, true]);
    here.readClock(shows(8001) + set, 8001, 8002);
    expect(here.provenAt).toBeLessThanOrEqual(2000);
  });

  it('that was set back makes heartbeats seem older, until it was asked again', () => {
    const other = instance(2000, -set);
    here.heard(other.text(2000), -Infinity, 2001);
    expect(here.provenAt).toBeLessThanOrEqual(-3000);
    here.readClock(shows(2100) - set, 2100, 2101);
    here.heard(other.text(2200), -Infinity, 2201);
    expect(here.provenAt).toBeGreaterThan(2150);
  });

  it('that was never read proves nothing, and nothing is sent by it', () => {
    const unread = new Heartbeat(alone);
    unread.heard(instance(5000).text(5000), -Infinity, 9000);
    expect(unread.provenAt).toBe(-Infinity);
    expect(() => unread.text()).toThrow('the time of the database is not known');
  });

  it('was set and set back: what was held meanwhile is judged once, and never believed later', () => {
    here.heard(instance(2000, set).text(2000), -Infinity, 2001);
    here.readClock(shows(2100), 2100, 2101);
    for (const at of [5000, 7100, 9000]) here.readClock(shows(at), at, at + 1);
    expect(here.provenAt).toBe(-Infinity);
  });

  it('is not needed for own heartbeats', () => {
    const text = here.text(2000);
    here.readClock(shows(2500) + set, 2500, 2501);
    here.heard(text, 9000, 9000);
    expect(here.provenAt).toBe(2000);
  });
});

describe('the next heartbeat', () => {
  it.each([1, 400])(
    'is due last on who sent none, each at another moment, when it took %d ms',
    (onItsWay) => {
      const [sender, ...others] = Array.from({ length: 30 }, () => instance());
      const text = sender?.text(2000) ?? '';
      sender?.postpone(2000 + beatEveryMs);
      for (const one of [sender, ...others]) one?.heard(text, -Infinity, 2000 + onItsWay);
      expect(sender?.dueAt).toBe(2000 + beatEveryMs);
      for (const { dueAt } of others) {
        expect(dueAt).toBeGreaterThanOrEqual(2000 + onItsWay + beatEveryMs + beatAloneMs);
        expect(dueAt).toBeLessThanOrEqual(2000 + onItsWay + beatEveryMs + beatAloneMs + beatJitterMs);
      }
      expect(new Set(others.map(({ dueAt }) => dueAt)).size).toBeGreaterThan(20);
    },
  );

  it('is due well before the silence is one, also where the instance that sends them is gone', () => {
    // Two of those that are late, and the way through the database.
    expect(2 * (beatEveryMs + beatAloneMs + beatJitterMs)).toBeLessThan(feedPolicy.silenceLimitMs);
  });
});
