import { beforeEach, describe, expect, it } from '@jest/globals';
import { feedPolicy } from '../../../../config/policy/operations/feed.js';
import { Secret } from '../../../../config/values/secret.js';
import { Heartbeat } from './heartbeat.js';

const { beatEveryMs, beatAloneMs, beatJitterMs, clockEveryMs, clockAgainMs } = feedPolicy;
const [first, second] = [new Secret('a secret of the tests'), new Secret('another secret of the tests')];
const alone = { current: first, previous: null };

/** A database whose clock shows this at zero of the monotonic clock; microseconds. */
const epoch = 1_790_000_000_000_000;
const shows = (moment: number): number => epoch + moment * 1000;

describe('a heartbeat that is heard', () => {
  let here: Heartbeat;
  let other: Heartbeat;
  beforeEach(() => {
    [here, other] = [new Heartbeat(alone), new Heartbeat(alone)];
    for (const one of [here, other]) one.readClock(shows(1000), 1000, 1000);
  });

  it.each([
    ['its own', () => here],
    ['that of another instance', () => other],
  ])('proves the time at which it was sent, not that at which it was read: %s', (_, sender) => {
    const text = sender().text(shows(5000));
    here.heard(text, 9000);
    expect(here.provenAt).toBe(5000);
  });

  it('counts as sent when the database was asked for the time, and no later, however long the answer took', () => {
    const slow = new Heartbeat(alone);
    slow.readClock(shows(1200), 1000, 1400);
    slow.heard(other.text(shows(5000)), 6000);
    expect(slow.provenAt).toBe(4800);
  });

  it('counts as sent by the narrowest answer of the database, but for what clocks drift', () => {
    here.readClock(shows(2900), 2000, 3000);
    here.heard(other.text(shows(5000)), 6000);
    expect(here.provenAt).toBeCloseTo(4999, 5);
  });

  it('proves nothing more when it is heard again, or after a later one', () => {
    const [earlier, later] = [other.text(shows(5000)), other.text(shows(5500))];
    here.heard(later, 5600);
    here.heard(later, 9000);
    here.heard(earlier, 9000);
    expect(here.provenAt).toBe(5500);
  });

  it.each([
    ['nothing', () => ''],
    ['another text', () => 'another'],
    ['one without a signature', () => other.text(shows(5000)).replace(/ [0-9a-f]{64}$/, '')],
    [
      'another time under the same signature',
      () => other.text(shows(5000)).replace('1790000005', '1790000006'),
    ],
    ['another sender under the same signature', () => other.text(shows(5000)).replace(/ ./, ' x')],
    ['the key of another secret', () => new Heartbeat({ current: second, previous: null }).text(shows(5000))],
    ['more behind it', () => `${other.text(shows(5000))} `],
    ['a megabyte', () => 'x'.repeat(1 << 20)],
  ])('proves nothing: %s', (_, text) => {
    here.heard(text(), 9000);
    expect([here.provenAt, here.isClockOld(1001)]).toEqual([-Infinity, false]);
  });

  it('is one before the secret is rotated and after it, on both sides', () => {
    const rotated = new Heartbeat({ current: second, previous: first });
    rotated.readClock(shows(1000), 1000, 1000);
    rotated.heard(other.text(shows(5000)), 6000);
    const done = new Heartbeat({ current: second, previous: null });
    done.readClock(shows(1000), 1000, 1000);
    done.heard(rotated.text(shows(5100)), 6000);
    here.heard(rotated.text(shows(5100)), 6000);
    expect([rotated.provenAt, done.provenAt, here.provenAt]).toEqual([5000, 5100, -Infinity]);
  });

  it('proves a moment once it was sent at that moment or later', async () => {
    let proven = 0;
    void here.provenSince(5000).then(() => proven++);
    here.heard(other.text(shows(4999)), 9000);
    await Promise.resolve();
    expect(proven).toBe(0);
    here.heard(other.text(shows(5000)), 9000);
    await Promise.resolve();
    expect(proven).toBe(1);
  });
});

describe('the clock of the database', () => {
  let here: Heartbeat;
  let other: Heartbeat;
  beforeEach(() => {
    [here, other] = [new Heartbeat(alone), new Heartbeat(alone)];
    here.readClock(shows(1000), 1000, 1000);
  });

  it('is asked again from time to time', () => {
    expect([here.isClockOld(1000 + clockEveryMs), here.isClockOld(1001 + clockEveryMs)]).toEqual([
      false,
      true,
    ]);
  });

  it('that was set forward proves nothing until it was asked again: a heartbeat would seem to be sent later than it was', () => {
    // By five seconds: sent at 5000, read at 9000 after a pause.
    const set = 5_000_000;
    here.heard(other.text(shows(5000) + set), 9000);
    expect([here.provenAt, here.isClockOld(9000)]).toEqual([-Infinity, true]);
    here.readClock(shows(9000) + set, 9000, 9001);
    expect([here.provenAt, here.isClockOld(9001)]).toEqual([5000, false]);
  });

  it('that was set back makes heartbeats seem older, until it was asked again', () => {
    const set = -5_000_000;
    here.heard(other.text(shows(9000) + set), 9001);
    expect(here.provenAt).toBe(4000);
    here.readClock(shows(9100) + set, 9100, 9101);
    here.heard(other.text(shows(9200) + set), 9201);
    expect(here.provenAt).toBe(9200);
  });

  it('that was never read proves nothing', () => {
    const unread = new Heartbeat(alone);
    unread.heard(other.text(shows(5000)), 9000);
    expect(unread.provenAt).toBe(-Infinity);
  });

  it('is not asked without end where a heartbeat of before is repeated', () => {
    here.heard(other.text(shows(99_000)), 5000);
    here.readClock(shows(5000), 5000, 5001);
    expect([here.isClockOld(5000 + clockAgainMs), here.isClockOld(5001 + clockAgainMs)]).toEqual([
      false,
      true,
    ]);
    here.heard(other.text(shows(5100)), 5200);
    expect(here.provenAt).toBe(5100);
  });
});

describe('the next heartbeat', () => {
  it('is due first on the instance that sent the latest, and on each other a while later, each another', () => {
    const instances = Array.from({ length: 30 }, () => new Heartbeat(alone));
    for (const one of instances) one.readClock(shows(1000), 1000, 1000);
    const text = instances[0]?.text(shows(5000)) ?? '';
    for (const one of instances) one.heard(text, 5001);
    const [own, ...others] = instances.map(({ dueAt }) => dueAt);
    expect(own).toBe(5000 + beatEveryMs);
    for (const due of others) {
      expect(due).toBeGreaterThanOrEqual(5000 + beatEveryMs + beatAloneMs);
      expect(due).toBeLessThanOrEqual(5000 + beatEveryMs + beatAloneMs + beatJitterMs);
    }
    expect(new Set(others).size).toBeGreaterThan(20);
  });

  it('is due well before the silence is one, also where the instance that sends them is gone', () => {
    // Two of those that are late, and the way through the database.
    expect(2 * (beatEveryMs + beatAloneMs + beatJitterMs)).toBeLessThan(feedPolicy.silenceLimitMs);
  });
});
