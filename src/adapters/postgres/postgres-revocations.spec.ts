import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Secret } from '../../../config/values/secret.js';
import { channels } from '../../ports/notifications.js';
import { RevocationsUnavailable, type RevocableClaims, type Revocation } from '../../ports/revocations.js';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import { HandFeed, HeldDatabase } from '../../../test/support/database/held-database.js';
import { until } from '../../../test/support/process/wait-until.js';
import type { PostgresDatabase } from './postgres-database.js';
import { PostgresNotifications } from './postgres-notifications.js';
import { PostgresRevocations } from './postgres-revocations.js';

const claims = (): RevocableClaims => ({ jti: randomUUID(), sid: randomUUID(), sub: randomUUID(), ver: 3 });
const expiresAt = new Date(Date.now() + 900_000);

describe('revocations in PostgreSQL', () => {
  const troubles: unknown[] = [];
  let notified = 0;
  let migrated: MigratedDatabase;
  let database: PostgresDatabase;
  let notifications: PostgresNotifications;
  let small: PostgresRevocations;
  beforeAll(async () => {
    migrated = await MigratedDatabase.start();
    database = migrated.connect();
    notifications = new PostgresNotifications(
      new Secret(migrated.appUrl),
      Object.values(channels),
      () => undefined,
    );
    small = new PostgresRevocations(database, notifications, (trouble) => troubles.push(trouble), 3);
    small.open();
    // Subscribed after the replica: what is counted here has been applied there.
    notifications.subscribe(channels.revocations, () => notified++);
    notifications.open();
    await small.ready(10_000);
  });
  afterAll(async () => {
    await small.close();
    await notifications.close();
    await migrated.stop();
  });

  /** Performs `work` and waits until that many notifications have been delivered. */
  const delivered = async (count: number, work: () => Promise<unknown>): Promise<void> => {
    const before = notified;
    await work();
    await until(() => notified >= before + count, `${count} notifications`);
  };
  const revoke = (revocations: readonly Revocation[]): Promise<void> =>
    delivered(revocations.length, () => database.transaction((tx) => small.revoke(tx, revocations)));

  it('revoke by token, by session and by epoch, also when the replica is full', async () => {
    for (const kind of ['jti', 'sid', 'user'] as const) {
      // Three fill the replica; the ones that follow stand in the table alone.
      for (let count = 0; count < 4; count++) {
        const victim = claims();
        const subject = { jti: victim.jti, sid: victim.sid, user: victim.sub }[kind];
        expect(await small.isRevoked(victim)).toBe(false);
        await revoke([
          kind === 'user' ? { kind, subject, epoch: 4, expiresAt } : { kind, subject, expiresAt },
        ]);
        expect(await small.isRevoked(victim)).toBe(true);
        expect(await small.isRevoked({ ...claims(), ver: 9 })).toBe(false);
      }
    }
  });

  it('query the database for omitted entries after loading more than the replica holds', async () => {
    const victims = Array.from({ length: 6 }, claims);
    await revoke(victims.map(({ jti }) => ({ kind: 'jti', subject: jti, expiresAt })));
    // Nothing is announced to it: what it knows, it knows from its load.
    const feed = new HandFeed();
    const late = new PostgresRevocations(database, feed, (trouble) => troubles.push(trouble), 3);
    late.open();
    feed.connect();
    try {
      await late.ready(10_000);
      expect(late.isRevoked(claims())).toBeInstanceOf(Promise);
      expect(await Promise.all(victims.map(async (victim) => late.isRevoked(victim)))).toEqual(
        Array(6).fill(true),
      );
      expect(await late.isRevoked(claims())).toBe(false);
    } finally {
      await late.close();
    }
  });

  it('pass no token before the later load has ended, after a reconnect during a load', async () => {
    const feed = new HandFeed();
    const held = new HeldDatabase(database);
    const overtaken = new PostgresRevocations(held, feed, (trouble) => troubles.push(trouble));
    overtaken.open();
    try {
      feed.connect();
      await held.untilHeld(1);
      // Announced while nobody listens: only the second load can know of it.
      const victim = claims();
      await revoke([{ kind: 'jti', subject: victim.jti, expiresAt }]);
      feed.connect();
      await held.untilHeld(2);
      await held.release(0);
      expect(overtaken.isFresh()).toBe(false);
      expect(() => overtaken.isRevoked(victim)).toThrow(RevocationsUnavailable);
      await held.release(1);
      await overtaken.ready(5000);
      expect([await overtaken.isRevoked(victim), await overtaken.isRevoked(claims())]).toEqual([true, false]);
    } finally {
      await overtaken.close();
    }
  });

  it('query the database for valid tokens as well, once the replica is full', () => {
    expect(small.isRevoked(claims())).toBeInstanceOf(Promise);
  });

  it.each([
    'not json',
    '',
    'null',
    '[]',
    '{"kind":"root"}',
    '{"kind":"jti","subject":5,"exp":1}',
    '{"kind":"user","subject":"x","epoch":null,"exp":1}',
    'x'.repeat(7000),
  ])('ignore the invalid notification %.30p', async (payload) => {
    const before = troubles.length;
    const stranger = new pg.Client({ connectionString: migrated.appUrl });
    await stranger.connect();
    await delivered(1, () => stranger.query('select pg_notify($1, $2)', [channels.revocations, payload]));
    await stranger.end();
    expect(troubles.length).toBe(before + 1);
    await small.ready(5000);
    const victim = claims();
    await revoke([{ kind: 'jti', subject: victim.jti, expiresAt }]);
    expect(await small.isRevoked(victim)).toBe(true);
  });
});
