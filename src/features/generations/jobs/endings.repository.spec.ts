import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import type { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import type { Caller } from '../../../guards/route/caller.js';
import { PublicUrl } from '../../../ports/public-url.js';
import { WebhookEvents } from '../../webhooks/events/webhook-events.service.js';
import { EndingsRepository } from './endings.repository.js';

/** The routes look the generation up for their caller first: here the statement itself is asked. */
describe('the request to cancel a generation', () => {
  let endings: EndingsRepository;
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    endings = new EndingsRepository(database, new WebhookEvents(new PublicUrl(null)));
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
});
