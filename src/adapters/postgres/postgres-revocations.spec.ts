import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import { revocationPolicy } from '../../../config/policy/operations/feed.js';
import { Secret } from '../../../config/values/secret.js';
import { channels } from '../../ports/notifications.js';
import { RevocationsUnavailable, type RevocableClaims, type Revocation } from '../../ports/revocations.js';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import {
  CountedDatabase,
  HandFeed,
  HeldDatabase,
  SilentFeed,
} from '../../../test/support/database/held-database.js';
import { until } from '../../../test/support/process/wait-until.js';
import type { PostgresDatabase } from './postgres-database.js';
import { PostgresNotifications } from './notifications/postgres-notifications.js';
import { NamedSubjects } from './named-subjects.js';
import { PostgresRevocations } from './postgres-revocations.js';
import { RevocationsTable } from './revocations-table.js';

const claims = (): RevocableClaims => ({
  jti: randomUUID(),
  sid: randomUUID(),
  sub: randomUUID(),
  ver: 3,
  iat: 1000,
});
const expiresAt = new Date(Date.now() + 900_000);
const beatKey = { current: new Secret(randomUUID()), previous: null };

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
      beatKey,
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
    delivered(1, () => database.transaction((tx) => small.revoke(tx, revocations)));

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
        await until(() => small.isRevoked(victim), 'the revocation');
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

  it('pass no token before a look has ended that began after the latest connection', async () => {
    // At least one page, and the empty one behind it.
    await revoke([{ kind: 'jti', subject: randomUUID(), expiresAt }]);
    const feed = new HandFeed();
    const held = new HeldDatabase(database);
    const overtaken = new PostgresRevocations(held, feed, (trouble) => troubles.push(trouble));
    overtaken.open();
    try {
      feed.connect();
      // The snapshot, the page and the end of the pages; then the look itself, which knows nothing of what follows.
      for (const at of [0, 1, 2]) {
        await held.untilHeld(at + 1);
        await held.release(at);
      }
      await held.untilHeld(4);
      const victim = claims();
      await revoke([{ kind: 'jti', subject: victim.jti, expiresAt }]);
      feed.connect();
      await held.release(3);
      expect(overtaken.isFresh()).toBe(false);
      expect(() => overtaken.isRevoked(victim)).toThrow(RevocationsUnavailable);
      held.letGo();
      await overtaken.ready(5000);
      expect([await overtaken.isRevoked(victim), await overtaken.isRevoked(claims())]).toEqual([true, false]);
    } finally {
      held.letGo();
      await overtaken.close();
    }
  });

  it('are all known after a load of several pages', async () => {
    const subjects: string[] = [];
    // In batches, because each row is announced.
    while (subjects.length < 2.5 * revocationPolicy.pageRows) {
      const { rows } = await sql<{ subject: string }>`
        insert into velro.revocations (kind, subject, expires_at)
        select 'jti', gen_random_uuid(), now() + interval '15 minutes' from generate_series(1, 2500)
        returning subject`.execute(database.query);
      subjects.push(...rows.map(({ subject }) => subject));
    }
    const feed = new HandFeed();
    const paged = new PostgresRevocations(database, feed, (trouble) => troubles.push(trouble));
    paged.open();
    feed.connect();
    await paged.ready(10_000);
    const missing = subjects.filter((jti) => paged.isRevoked({ ...claims(), jti }) !== true);
    expect(missing).toEqual([]);
    await paged.close();
    for (let at = 0; at < subjects.length; at += 2500)
      await sql`delete from velro.revocations where subject = any(${subjects.slice(at, at + 2500)})`.execute(
        database.query,
      );
  });

  it('answer from the old replica while everything is loaded again', async () => {
    // At least one page, and the empty one behind it.
    await revoke([{ kind: 'jti', subject: randomUUID(), expiresAt }]);
    const feed = new HandFeed();
    const held = new HeldDatabase(database);
    const reloading = new PostgresRevocations(held, feed, (trouble) => troubles.push(trouble));
    reloading.open();
    try {
      feed.connect();
      for (const at of [0, 1, 2, 3]) {
        await held.untilHeld(at + 1);
        await held.release(at);
      }
      await reloading.ready(5000);
      feed.connect();
      // The look after the connection has ended; the load behind it waits for its first answer.
      await held.untilHeld(6);
      await held.release(4);
      await held.release(5);
      await reloading.ready(5000);
      expect(await reloading.isRevoked(claims())).toBe(false);
    } finally {
      held.letGo();
      await reloading.close();
    }
  });

  it('are announced with the subject that they name', async () => {
    const texts: string[] = [];
    const end = notifications.subscribe(channels.revocations, (text) => texts.push(text));
    const victims = (['jti', 'sid', 'user'] as const).map((kind) => ({ kind, subject: randomUUID() }));
    await delivered(3, () =>
      database.transaction((tx) =>
        small.revoke(
          tx,
          victims.map(({ kind, subject }) =>
            kind === 'user' ? { kind, subject, epoch: 4, expiresAt } : { kind, subject, expiresAt },
          ),
        ),
      ),
    );
    end();
    const named = new NamedSubjects();
    expect(texts.map((text, hint) => named.add(text, hint))).toEqual([true, true, true]);
    for (const { subject } of victims) expect(named.concern({ ...claims(), sub: subject })).toBe(true);
  });

  it('query the database for valid tokens as well, once the replica is full', () => {
    expect(small.isRevoked(claims())).toBeInstanceOf(Promise);
    expect(small.isKnownToLive(claims())).toBe(false);
  });
});

/** A replica with its own feed, as an instance has them. */
class Instance {
  readonly notifications: PostgresNotifications;
  readonly revocations: PostgresRevocations;
  private readonly table: { looks: number };

  constructor(migrated: MigratedDatabase) {
    this.notifications = new PostgresNotifications(
      new Secret(migrated.appUrl),
      Object.values(channels),
      () => undefined,
      beatKey,
    );
    const counted = new CountedDatabase(migrated.connect());
    this.table = counted;
    this.revocations = new PostgresRevocations(counted, this.notifications, () => undefined);
  }

  get looks(): number {
    return this.table.looks;
  }

  async open(): Promise<void> {
    this.revocations.open();
    this.notifications.open();
    await this.revocations.ready(10_000);
  }

  async close(): Promise<void> {
    await this.revocations.close();
    await this.notifications.close();
  }
}

describe('announcements of a database login without any grant', () => {
  let migrated: MigratedDatabase;
  let instance: Instance;
  let stranger: pg.Client;
  beforeAll(async () => {
    migrated = await MigratedDatabase.start();
    instance = new Instance(migrated);
    await instance.open();
    stranger = new pg.Client({ connectionString: await migrated.strangerUrl() });
    await stranger.connect();
  });
  afterAll(async () => {
    await stranger.end();
    await instance.close();
    await migrated.stop();
  });

  const announce = (payload: string): Promise<unknown> =>
    stranger.query('select pg_notify($1, $2)', [channels.revocations, payload]);

  it.each([
    'not json',
    '',
    'null',
    '[]',
    'x'.repeat(7000),
    JSON.stringify({ kind: 'user', subject: '%', epoch: 2_000_000_000, exp: 4_000_000_000 }),
    JSON.stringify({ kind: 'sid', subject: '%', exp: 4_000_000_000 }),
  ])('revoke nothing by text %#, and what is revoked later is', async (payload) => {
    const victim = claims();
    const before = instance.looks;
    await announce(payload.replace('%', payload.includes('sid') ? victim.sid : victim.sub));
    await until(() => instance.looks > before, 'a look at the table');
    expect(await instance.revocations.isRevoked(victim)).toBe(false);
    const other = migrated.connect();
    await other.transaction((tx) =>
      instance.revocations.revoke(tx, [{ kind: 'jti', subject: victim.jti, expiresAt }]),
    );
    await until(() => instance.revocations.isRevoked(victim), 'the revocation');
  });

  it.each([
    ['that name nobody', 'junk', null],
    ['that name somebody who asks', '{"subject":"%"}', claims()],
  ])(
    'cost few looks at the table for thousands of them %s, and never make the replica stale',
    async (_title, text, named) => {
      const before = instance.looks;
      const began = performance.now();
      const answers = new Set<unknown>();
      for (let round = 0; round < 20; round++) {
        await stranger.query(
          `select count(pg_notify('${channels.revocations}', $2 || ' ' || $1 || '-' || i)) from generate_series(1, 200) i`,
          [round, text.replace('%', named?.sub ?? '')],
        );
        answers.add(await instance.revocations.isRevoked(named ?? claims()));
      }
      await until(() => instance.looks > before, 'a look at the table');
      const most = Math.ceil((performance.now() - began) / revocationPolicy.lookEveryMs) + 2;
      expect([[...answers], instance.looks - before <= most]).toEqual([[false], true]);
    },
  );
});

describe('an instance that was told of a revocation and has not looked', () => {
  let migrated: MigratedDatabase;
  let counted: CountedDatabase;
  let feed: HandFeed;
  let revocations: PostgresRevocations;
  beforeAll(async () => {
    migrated = await MigratedDatabase.start();
  });
  afterAll(async () => {
    await migrated.stop();
  });
  beforeEach(async () => {
    counted = new CountedDatabase(migrated.connect());
    feed = new HandFeed();
    revocations = new PostgresRevocations(counted, feed, () => undefined);
    revocations.open();
    feed.connect();
    await revocations.ready(10_000);
    // As late as its replica allows.
    jest.spyOn(Math, 'random').mockReturnValue(1e6);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await revocations.close();
  });

  const tell = (subject: string): void => {
    feed.announce(`{"kind" : "jti", "subject" : "${subject}", "epoch" : null, "exp" : 4000000000}`);
  };

  it.each(['jti', 'sid', 'user'] as const)(
    'refuses whom it named by %s behind a look, and looks for nobody else',
    async (kind) => {
      const victim = claims();
      const subject = { jti: victim.jti, sid: victim.sid, user: victim.sub }[kind];
      await counted.transaction((tx) =>
        revocations.revoke(tx, [
          kind === 'user' ? { kind, subject, epoch: 4, expiresAt } : { kind, subject, expiresAt },
        ]),
      );
      tell(subject);
      const before = counted.looks;
      expect([revocations.isKnownToLive(victim), revocations.isKnownToLive(claims())]).toEqual([false, true]);
      expect([revocations.isRevoked(claims()), counted.looks]).toEqual([false, before]);
      expect(await revocations.isRevoked(victim)).toBe(true);
      expect(counted.looks).toBe(before + 1);
    },
  );

  it('lets pass whom a forged hint named, behind a look', async () => {
    const alive = claims();
    tell(alive.sub);
    expect([revocations.isKnownToLive(alive), await revocations.isRevoked(alive)]).toEqual([false, false]);
    expect(revocations.isKnownToLive(alive)).toBe(true);
  });

  it('looks once for all that is asked for at one time', async () => {
    const named = Array.from({ length: 50 }, claims);
    for (const { sid } of named) tell(sid);
    const before = counted.looks;
    const answers = await Promise.all(named.map(async (one) => revocations.isRevoked(one)));
    expect([new Set(answers), counted.looks]).toEqual([new Set([false]), before + 1]);
  });

  it('refuses whom it named, and nobody else, while it cannot look', async () => {
    const victim = claims();
    tell(victim.jti);
    const since = jest.spyOn(RevocationsTable.prototype, 'since').mockRejectedValue(new Error('away'));
    await expect(revocations.isRevoked(victim)).rejects.toThrow(RevocationsUnavailable);
    expect([revocations.isRevoked(claims()), revocations.isKnownToLive(victim)]).toEqual([false, false]);
    since.mockRestore();
    await until(() => revocations.isKnownToLive(victim), 'the next look');
  });
});

describe('a process that stood still', () => {
  let migrated: MigratedDatabase;
  let instance: Instance;
  beforeAll(async () => {
    migrated = await MigratedDatabase.start();
    instance = new Instance(migrated);
    await instance.open();
  });
  afterAll(async () => {
    await instance.close();
    await migrated.stop();
  });

  /** Keeps the event loop from turning. */
  const standStill = (ms: number): void => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  };

  it('reads what waits on its connection before it answers, and answers', async () => {
    const alive = claims();
    standStill(2500);
    expect(instance.revocations.isFresh()).toBe(false);
    expect(await instance.revocations.isRevoked(alive)).toBe(false);
    expect(instance.revocations.isFresh()).toBe(true);
  });

  it('passes no token that was revoked meanwhile', async () => {
    const victim = claims();
    // Written by another process, while this one stands still.
    const writer = spawnSync(process.execPath, [
      '-e',
      `import('pg').then(async ({ default: { Client } }) => { const c = new Client(process.argv[1]); await c.connect();
       await c.query("insert into velro.revocations (kind, subject, expires_at) values ('jti', $1, now() + interval '1 minute')", [process.argv[2]]);
       await c.end(); })`,
      migrated.appUrl,
      victim.jti,
    ]);
    expect(writer.status).toBe(0);
    standStill(2500);
    expect(await instance.revocations.isRevoked(victim)).toBe(true);
  });

  it('passes no token that was revoked meanwhile to whoever asks between the heartbeat and the look', async () => {
    const feed = new SilentFeed();
    const held = new HeldDatabase(migrated.connect());
    const paused = new PostgresRevocations(held, feed, () => undefined);
    const victim = claims();
    paused.open();
    feed.connect();
    try {
      // The snapshot, the pages and the look, in as many statements as there are pages.
      for (let at = 0; !paused.isFresh(); at++) {
        await held.untilHeld(at + 1);
        await held.release(at);
      }
      const answers = held.count;
      // Its latest heartbeat was sent before the pause, in which the other instance revokes.
      feed.beatAt = performance.now() - 2500;
      await migrated
        .connect()
        .transaction((tx) => paused.revoke(tx, [{ kind: 'jti', subject: victim.jti, expiresAt }]));
      // What waited on the connection is read, then the heartbeat that was sent since comes back.
      feed.announce();
      feed.beatAt = performance.now();
      await held.untilHeld(answers + 1);
      expect(() => paused.isRevoked(victim)).toThrow(RevocationsUnavailable);
      await held.release(answers);
      await until(() => paused.isFresh(), 'the look');
      expect([await paused.isRevoked(victim), await paused.isRevoked(claims())]).toEqual([true, false]);
    } finally {
      held.letGo();
      await paused.close();
    }
  });

  it('passes no token by an answer of the table that it reads behind its pause, where the replica is full', async () => {
    const feed = new SilentFeed();
    const held = new HeldDatabase(migrated.connect());
    const full = new PostgresRevocations(held, feed, () => undefined, 0);
    await migrated
      .connect()
      .transaction((tx) => full.revoke(tx, [{ kind: 'jti', subject: randomUUID(), expiresAt }]));
    full.open();
    feed.connect();
    try {
      for (let at = 0; !full.isFresh(); at++) {
        await held.untilHeld(at + 1);
        await held.release(at);
      }
      const at = held.count;
      const asked = full.isRevoked(claims());
      await held.untilHeld(at + 1);
      const now = performance.now.bind(performance);
      const later = jest.spyOn(performance, 'now').mockImplementation(() => now() + 2500);
      const refused = expect(asked).rejects.toThrow(RevocationsUnavailable);
      await held.release(at);
      await refused;
      later.mockRestore();
    } finally {
      held.letGo();
      await full.close();
    }
  });

  it('refuses after its pause when the feed is silent in truth', async () => {
    const feed = new SilentFeed();
    const deaf = new PostgresRevocations(migrated.connect(), feed, () => undefined);
    deaf.open();
    feed.connect();
    await deaf.ready(10_000);
    feed.beatAt = performance.now() - 2500;
    expect(() => deaf.isRevoked(claims())).toThrow(RevocationsUnavailable);
    feed.pause = Promise.resolve();
    await expect(deaf.isRevoked(claims())).rejects.toThrow(RevocationsUnavailable);
    await deaf.close();
  });
});
