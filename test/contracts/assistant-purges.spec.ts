import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { messengerPolicy } from '../../config/policy/assistants/messenger.js';
import { visitorTokenPolicy } from '../../config/policy/accounts/tokens.js';
import type { PostgresDatabase } from '../../src/adapters/postgres/postgres-database.js';
import { ImageCallsPurge } from '../../src/features/assistants/openai/images/image-calls.purge.js';
import { ImageCallsRepository } from '../../src/features/assistants/openai/images/image-calls.repository.js';
import { MessengerPurge } from '../../src/features/messenger/people/messenger.purge.js';
import { DeletionsRepository } from '../../src/features/messenger/deletion/deletions.repository.js';
import { PeopleRepository } from '../../src/features/messenger/people/people.repository.js';
import { VisitorsPurge } from '../../src/features/assistants/visitors/visitors.purge.js';
import { VisitorsRepository } from '../../src/features/assistants/visitors/visitors.repository.js';
import { Log } from '../../src/observability/log.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';
import { until } from '../support/process/wait-until.js';

const forever = new AbortController().signal;

describe('a purge', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let user: string;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    user = randomUUID();
    await sql`insert into velro.users (id, email) values (${user}, 'ada@example.com')`.execute(
      database.query,
    );
  });
  afterAll(async () => {
    await stage.stop();
  });

  it('deletes visitors that did not come back for a month with their conversations, and no others', async () => {
    const key = randomUUID();
    await sql`insert into velro.api_keys (id, user_id, name, hash, prefix, scopes, expires_at)
      values (${key}, ${user}, 'shop', ${randomBytes(32)}, 'velro_12345678', '{visitors}', now() + interval '1 day')`.execute(
      database.query,
    );
    const seen = async (daysAgo: number): Promise<string> => {
      const id = randomUUID();
      await sql`insert into velro.visitors (id, key_id, seen_at) values (${id}, ${key}, now() - ${daysAgo} * interval '1 day')`.execute(
        database.query,
      );
      await sql`insert into velro.conversations (user_id, visitor_id, id, title) values (${id}, ${id}, 'c', 'x')`.execute(
        database.query,
      );
      return id;
    };
    await seen(visitorTokenPolicy.keepDays + 1);
    const kept = await seen(visitorTokenPolicy.keepDays - 1);
    await new VisitorsPurge(new VisitorsRepository(database), Log.silent()).run(forever);
    const left = await database.query.selectFrom('conversations').select('user_id').execute();
    expect(left).toEqual([{ user_id: kept }]);
    expect(await database.query.selectFrom('visitors').select('id').execute()).toEqual([{ id: kept }]);
  });

  it('deletes messages of Messenger and people who did not come back after three months, and no others', async () => {
    const person = async (daysAgo: number, blocked = false): Promise<string> => {
      const id = randomUUID();
      await sql`insert into velro.messenger_people (id, page_id, psid_hash, psid_sealed, last_inbound_at, blocked_at)
        values (${id}, '1', ${randomBytes(32)}, '', now() - ${daysAgo} * interval '1 day', ${blocked ? new Date() : null})`.execute(
        database.query,
      );
      return id;
    };
    const message = (id: string, daysAgo: number) =>
      sql`insert into velro.messenger_messages (person_id, page_id, mid, kind, sent_at, received_at, state)
        values (${id}, '1', ${randomUUID()}, 'text', now(), now() - ${daysAgo} * interval '1 day', 'answered')`.execute(
        database.query,
      );
    const { keepDays } = messengerPolicy;
    const gone = await person(keepDays + 1);
    await message(gone, keepDays + 1);
    const [kept, blocked] = [await person(keepDays - 1), await person(keepDays + 1, true)];
    await message(kept, keepDays + 1);
    await message(kept, keepDays - 1);
    await new MessengerPurge(
      new PeopleRepository(database),
      new DeletionsRepository(database),
      Log.silent(),
    ).run(forever);
    const people = await database.query.selectFrom('messenger_people').select('id').execute();
    expect(people.map(({ id }) => id).sort()).toEqual([kept, blocked].sort());
    const messages = await database.query.selectFrom('messenger_messages').select('person_id').execute();
    expect(messages).toEqual([{ person_id: kept }]);
  });

  it('keeps a visitor who comes back while it runs', async () => {
    const [key, id] = [randomUUID(), randomUUID()];
    await sql`insert into velro.api_keys (id, user_id, name, hash, prefix, scopes, expires_at)
      values (${key}, ${user}, 'shop', ${randomBytes(32)}, 'velro_12345678', '{visitors}', now() + interval '1 day')`.execute(
      database.query,
    );
    await sql`insert into velro.visitors (id, key_id, seen_at)
      values (${id}, ${key}, now() - ${visitorTokenPolicy.keepDays + 1} * interval '1 day')`.execute(
      database.query,
    );
    const elsewhere = stage.connect();
    const { purged } = await database.transaction(async (tx) => {
      await tx.updateTable('visitors').set({ seen_at: new Date() }).where('id', '=', id).execute();
      const pending = new VisitorsRepository(elsewhere).purge();
      await until(async () => {
        const { rows } = await sql`select from pg_stat_activity where wait_event_type = 'Lock'`.execute(
          database.query,
        );
        return rows.length > 0;
      }, 'the purge waits for it');
      // In an object: it would be waited for.
      return { purged: pending };
    });
    expect(await purged).toBe(0);
    expect(
      await database.query.selectFrom('visitors').select('id').where('id', '=', id).execute(),
    ).toHaveLength(1);
  });

  it('deletes calls for pictures that nobody can repeat any more, and no others', async () => {
    const called = (key: string, minutesAgo: number) =>
      sql`insert into velro.openai_image_calls (user_id, call_hash, idempotency_key, repetition, seen_at)
        values (${user}, ${randomBytes(32)}, ${key}, 0, now() - ${minutesAgo} * interval '1 minute')`.execute(
        database.query,
      );
    await called('old', 11);
    await called('young', 9);
    await new ImageCallsPurge(new ImageCallsRepository(database), Log.silent()).run(forever);
    const left = await database.query.selectFrom('openai_image_calls').select('idempotency_key').execute();
    expect(left).toEqual([{ idempotency_key: 'young' }]);
  });
});
