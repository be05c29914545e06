import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Secret } from '../../../config/values/secret.js';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import { hasRedis, RedisServer } from '../../../test/support/process/redis-server.js';
import { until } from '../../../test/support/process/wait-until.js';
import { channels } from '../../ports/notifications.js';
import { PostgresNotifications } from '../postgres/notifications/postgres-notifications.js';
import { RedisAnnouncements } from './redis-announcements.js';

const secret = { current: new Secret(randomUUID()), previous: null };
const told = 'velro:told:';

(hasRedis ? describe : describe.skip)('what instances announce, with a Redis that they share', () => {
  let migrated: MigratedDatabase;
  let server: RedisServer;
  let listener: pg.Client;
  /** Notifications of the database on the channels of announcements. */
  let notified: string[];
  let instances: Instance[];

  class Instance {
    readonly heard: string[] = [];
    readonly relay = new RedisAnnouncements(new Secret(server.url), () => undefined);
    readonly notifications = new PostgresNotifications(
      new Secret(migrated.appUrl),
      Object.values(channels),
      () => undefined,
      secret,
      this.relay,
    );
    connections = 0;

    constructor() {
      this.notifications.subscribe(
        channels.generations,
        (payload) => this.heard.push(payload),
        () => this.connections++,
      );
      this.notifications.subscribe(channels.revocations, (payload) => this.heard.push(`revoked ${payload}`));
      this.notifications.open();
      instances.push(this);
    }

    announce(id: string): void {
      this.notifications.announce(channels.generations, id);
    }
  }

  beforeAll(async () => {
    [migrated, server] = await Promise.all([MigratedDatabase.start(), RedisServer.start()]);
    listener = new pg.Client({ connectionString: migrated.appUrl });
    await listener.connect();
    listener.on('notification', ({ payload = '' }) => notified.push(payload));
    await listener.query(`listen ${channels.generations}; listen ${channels.work}`);
  });
  afterAll(async () => {
    await listener.end();
    await server.stop();
    await migrated.stop();
  });
  beforeEach(() => {
    [notified, instances] = [[], []];
  });
  afterEach(async () => {
    server.goOn();
    await Promise.all(instances.map(({ notifications }) => notifications.close()));
  });

  const both = async (): Promise<readonly [Instance, Instance]> => {
    const pair = [new Instance(), new Instance()] as const;
    await until(() => pair.every(({ connections }) => connections > 0), 'the database');
    await until(
      () =>
        server.ask(async (redis) => {
          const [, listening] = (await redis.pubsub('NUMSUB', told + channels.generations)) as [
            string,
            number,
          ];
          return listening === instances.length;
        }),
      'Redis',
    );
    return pair;
  };
  const comes = (to: Instance, id: string): Promise<number> =>
    until(() => to.heard.includes(id), `the announcement ${id}`);

  it('comes to all of them, and the database notifies nobody', async () => {
    const [one, other] = await both();
    const ids = Array.from({ length: 400 }, () => randomUUID());
    for (const id of ids) one.announce(id);
    await until(() => [one, other].every(({ heard }) => heard.length >= ids.length), 'all of them');
    expect([one.heard.toSorted(), other.heard.toSorted()]).toEqual([ids.toSorted(), ids.toSorted()]);
    await listener.query('select 1');
    expect(notified).toEqual([]);
  });

  it.each([
    ['is gone', () => server.kill(), () => server.start()],
    [
      'hangs',
      () => {
        server.hang();
        return Promise.resolve();
      },
      () => {
        server.goOn();
        return Promise.resolve();
      },
    ],
  ])(
    'comes by the database while Redis %s, and by Redis again once it is back',
    async (_title, take, giveBack) => {
      const [one, other] = await both();
      await take();
      const meanwhile = randomUUID();
      one.announce(meanwhile);
      await comes(other, meanwhile);
      expect(notified).toContain(meanwhile);
      await giveBack();
      // By the database alone until each is connected again: then nothing more is notified.
      await until(async () => {
        const [id, before] = [randomUUID(), notified.length];
        one.announce(id);
        await comes(other, id);
        await listener.query('select 1');
        return notified.length === before;
      }, 'an announcement by Redis alone');
    },
  );

  it('is looked for by who was not connected for a while', async () => {
    const [one] = await both();
    const before = one.connections;
    await server.ask((redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
    await until(() => one.connections > before, 'that something may have been missed');
  });

  it('is taken from Redis on the channels of announcements alone', async () => {
    const [one] = await both();
    await server.ask(async (redis) => {
      await redis.publish(told + channels.revocations, 'a forged hint');
      await redis.publish(`${told}anything`, 'else');
      await redis.publish(told + channels.generations, 'the last');
    });
    await comes(one, 'last');
    expect(one.heard).toEqual(['the', 'last']);
  });
});
