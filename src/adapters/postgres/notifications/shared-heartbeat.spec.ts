import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { feedPolicy } from '../../../../config/policy/operations/feed.js';
import { Secret } from '../../../../config/values/secret.js';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import { Line } from '../../../../test/support/database/database-line.js';
import { until } from '../../../../test/support/process/wait-until.js';
import { PostgresNotifications } from './postgres-notifications.js';

const secret = { current: new Secret(randomUUID()), previous: null };
const channel = 'velro_revocations';

describe('instances on one database', () => {
  let migrated: MigratedDatabase;
  let listener: pg.Client;
  let stranger: pg.Client;
  let heard: string[];
  let instances: PostgresNotifications[];
  beforeAll(async () => {
    migrated = await MigratedDatabase.start();
    listener = new pg.Client({ connectionString: migrated.appUrl });
    stranger = new pg.Client({ connectionString: await migrated.strangerUrl() });
    await Promise.all([listener.connect(), stranger.connect()]);
    listener.on('notification', ({ payload = '' }) => heard.push(payload));
    await listener.query('listen velro_beat');
  });
  afterAll(async () => {
    await Promise.all([listener.end(), stranger.end()]);
    await migrated.stop();
  });
  beforeEach(() => {
    [heard, instances] = [[], []];
  });
  afterEach(async () => {
    await Promise.all(instances.map((one) => one.close()));
  });

  const start = (key = secret): PostgresNotifications => {
    const one = new PostgresNotifications(new Secret(migrated.appUrl), [channel], () => undefined, key);
    one.open();
    instances.push(one);
    return one;
  };
  const lives = (one: PostgresNotifications): boolean =>
    performance.now() - one.lastHeartbeat() < feedPolicy.silenceLimitMs;
  const senderOf = (beat: string): string => beat.split(' ')[1] ?? '';
  const shout = (text: string): Promise<unknown> =>
    stranger.query('select pg_notify($1, $2)', ['velro_beat', text]);

  it('share their heartbeats: ten send as many as one', async () => {
    for (let count = 0; count < 10; count++) start();
    await until(() => instances.every(lives), 'the first heartbeat on all of them');
    heard = [];
    await until(() => heard.length >= 8, 'eight heartbeats');
    const times = heard.map((beat) => Number(beat.split(' ')[0]) / 1000);
    // Ten that send for themselves would need a twentieth of a second for each.
    expect(((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1)).toBeGreaterThan(
      feedPolicy.beatEveryMs / 2,
    );
    expect(instances.every(lives)).toBe(true);
  });

  it('hear another one when the one is gone that sent them', async () => {
    for (let count = 0; count < 3; count++) start();
    await until(() => instances.every(lives), 'the first heartbeat on all of them');
    const gone = instances.shift();
    await until(() => heard.length > 0, 'a heartbeat');
    await gone?.close();
    heard = [];
    await until(() => heard.length >= 3, 'heartbeats of the others');
    expect(instances.every(lives)).toBe(true);
  });

  it('live on in a storm of what a database login repeats and makes up', async () => {
    const one = start();
    await until(() => lives(one) && heard.length > 0, 'the first heartbeat');
    const [first = ''] = heard;
    const later = String(Number(first.split(' ')[0]) + 60_000_000);
    const texts = [first, first.replace(/^\d+/, later), '', 'x'.repeat(7000)];
    for (let round = 0; round < 500; round++) await shout(texts[round % texts.length] ?? '');
    const stormed = performance.now();
    await until(() => one.lastHeartbeat() > stormed, 'a heartbeat that was sent after the storm');
    expect(one.lastHeartbeat()).toBeLessThanOrEqual(performance.now());
  });

  it('prove nothing to one that was cut off, before it was told that something may have been missed', async () => {
    start();
    const line = await Line.to(Number(new URL(migrated.appUrl).port));
    const url = new URL(migrated.appUrl);
    url.port = String(line.port);
    const one = new PostgresNotifications(new Secret(url.href), [channel], () => undefined, secret);
    let connections = 0;
    one.subscribe(
      channel,
      () => undefined,
      () => connections++,
    );
    one.open();
    instances.push(one);
    try {
      await until(() => lives(one), 'the first heartbeat');
      expect(connections).toBe(1);
      line.freeze();
      line.holdBehind('listen "velro_beat"');
      line.thaw();
      await until(() => line.isHolding, 'the new connection, which listens');
      const [before, count] = [one.lastHeartbeat(), heard.length];
      await until(() => heard.length > count + 1, 'heartbeats of the other');
      expect([one.lastHeartbeat(), connections]).toEqual([before, 1]);
      line.release();
      await until(() => one.lastHeartbeat() > before, 'a heartbeat after the reconnect');
      expect(connections).toBeGreaterThan(1);
    } finally {
      line.close();
    }
  });

  it('with another secret do not hear each other, and each sends its own', async () => {
    const [one, other] = [start(), start({ current: new Secret(randomUUID()), previous: null })];
    await until(() => lives(one) && lives(other), 'the first heartbeats');
    heard = [];
    await until(() => new Set(heard.map(senderOf)).size === 2, 'heartbeats of both');
  });
});
