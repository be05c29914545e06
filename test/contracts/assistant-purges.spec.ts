import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { visitorTokenPolicy } from '../../config/policy/accounts/tokens.js';
import type { PostgresDatabase } from '../../src/adapters/postgres/postgres-database.js';
import { ImageCallsPurge } from '../../src/features/assistants/openai/images/image-calls.purge.js';
import { ImageCallsRepository } from '../../src/features/assistants/openai/images/image-calls.repository.js';
import { VisitorsPurge } from '../../src/features/assistants/visitors/visitors.purge.js';
import { VisitorsRepository } from '../../src/features/assistants/visitors/visitors.repository.js';
import { Log } from '../../src/observability/log.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';

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
