import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import { until } from '../../../../test/support/process/wait-until.js';
import { HandFeed } from '../../../../test/support/database/held-database.js';
import type { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import type { Caller } from '../../../guards/route/caller.js';
import { channels } from '../../../ports/notifications.js';
import { PublicUrl } from '../../../ports/public-url.js';
import { WorkHints } from '../../../tasks/work-hints.js';
import { WebhookEvents } from '../../webhooks/events/webhook-events.service.js';
import { EndingsRepository } from './endings.repository.js';

/** The routes look the generation up for their caller first: here the statement itself is asked. */
describe('the request to cancel a generation', () => {
  let endings: EndingsRepository;
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  const told: string[] = [];
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    const hints = new WorkHints({ announce: (_channel, work) => told.push(work) }, new HandFeed());
    endings = new EndingsRepository(database, new WebhookEvents(new PublicUrl(null)), hints);
  });
  afterAll(async () => {
    await stage.stop();
  });

  const person = async (): Promise<Caller> => {
    const userId = randomUUID();
    await sql`insert into velro.users (id, email) values (${userId}, ${`${userId}@example.com`})`.execute(
      database.query,
    );
    return {
      ...{ userId, sessionId: randomUUID(), tokenId: randomUUID(), role: 'user', ver: 0 },
      ...{ authTime: 0, issuedAt: 0, expiresAt: 1, scopes: null, key: null },
    };
  };
  const generationOf = async ({ userId }: Caller, status: string): Promise<string> => {
    const id = randomUUID();
    await sql`
      insert into velro.generations (id, user_id, status, model_id, prompt, credits_cost, deadline_at)
      values (${id}, ${userId}, ${status}, 'a model', 'waves', 0, now() + interval '1 hour')`.execute(
      database.query,
    );
    return id;
  };
  const row = async (id: string): Promise<unknown> =>
    (await sql`select * from velro.generations where id = ${id}`.execute(database.query)).rows[0];

  it.each(['queued', 'submitting', 'processing'])(
    'that is %s is taken from its owner alone',
    async (status) => {
      const [ada, eve] = [await person(), await person()];
      const id = await generationOf(ada, status);
      const before = await row(id);
      const cancel = (caller: Caller) => database.transaction((tx) => endings.requestCancel(tx, caller, id));
      expect(await cancel(eve)).toBeNull();
      expect(await row(id)).toEqual(before);
      expect(await cancel(ada)).toMatchObject({ userId: ada.userId });
      expect(await row(id)).toMatchObject({ cancel_requested_at: expect.any(Date) });
    },
  );

  it('notifies nobody within its transaction of the webhook that it stores, which is told once it is committed', async () => {
    const ada = await person();
    const listener = new pg.Client({ connectionString: stage.appUrl });
    await listener.connect();
    const notified: string[] = [];
    listener.on('notification', ({ channel }) => notified.push(channel));
    try {
      await listener.query(`listen ${channels.webhooks}`);
      await sql`insert into velro.webhook_endpoints (id, user_id, url, event_types, secret_sealed)
        values (${randomUUID()}, ${ada.userId}, 'https://hooks.example.com/', '{generation.cancelled,credits.granted}', '')`.execute(
        database.query,
      );
      const ended = await database.transaction(async (tx) =>
        endings.requestCancel(tx, ada, await generationOf(ada, 'queued')),
      );
      expect(ended).toMatchObject({ now: 'cancelled', webhooks: 1 });
      // What was notified before has come with this answer.
      await listener.query('select 1');
      expect(notified).toEqual([]);
      endings.announce({ webhooks: 0 });
      expect(told).toEqual([]);
      endings.announce({ webhooks: 1 });
      expect(told).toEqual(['webhooks']);
      // What is rare is still notified of by its trigger; notifications come in the order of the commits.
      await sql`select velro.store_webhook_event(${ada.userId}, 'credits.granted', ${ada.userId}, '{}', null, null)`.execute(
        database.query,
      );
      await until(() => notified.length > 0, 'the notification');
      expect(notified).toEqual([channels.webhooks]);
      const { rows } = await sql`select event_type from velro.webhook_deliveries order by id`.execute(
        database.query,
      );
      expect(rows).toEqual([{ event_type: 'generation.cancelled' }, { event_type: 'credits.granted' }]);
    } finally {
      await listener.end();
    }
  });
});
