import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql, type RawBuilder } from 'kysely';
import { emailChangePolicy } from '../../config/policy/accounts/email-change.js';
import { noticePolicy } from '../../config/policy/accounts/notices.js';
import { sessionPolicy } from '../../config/policy/accounts/tokens.js';
import { modelCallPolicy } from '../../config/policy/assistants/calls.js';
import { idempotencyPolicy } from '../../config/policy/generations/generations.js';
import type { PostgresDatabase } from '../../src/adapters/postgres/postgres-database.js';
import { SystemClock, SystemRandom } from '../../src/adapters/system/system.js';
import { EmailChangePurge } from '../../src/features/accounts/email-change/email-change.purge.js';
import { EmailChangeRepository } from '../../src/features/accounts/email-change/email-change.repository.js';
import { SessionsPurge } from '../../src/features/accounts/sessions/sessions.purge.js';
import { SessionsRepository } from '../../src/features/accounts/sessions/sessions.repository.js';
import { AiCallsRepository } from '../../src/features/assistants/gateway/ai-calls.repository.js';
import { IdempotencyPurge } from '../../src/features/idempotency/idempotency.purge.js';
import { IdempotencyRepository } from '../../src/features/idempotency/idempotency.repository.js';
import { NoticesPurge } from '../../src/features/notices/notices.purge.js';
import { NoticesRepository } from '../../src/features/notices/notices.repository.js';
import { Log } from '../../src/observability/log.js';
import type { Purge } from '../../src/tasks/purge.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';

/** A minute on either side of the age. */
const margin = 60;

interface Case {
  readonly table: string;
  readonly seconds: number;
  readonly purge: (database: PostgresDatabase) => Pick<Purge, 'run'>;
  /** Adds a row of this age. */
  readonly add: (user: string, age: RawBuilder<unknown>) => RawBuilder<unknown>;
}

const cases: readonly Case[] = [
  {
    table: 'sessions',
    seconds: sessionPolicy.keepEndedSeconds,
    purge: (database) =>
      new SessionsPurge(
        new SessionsRepository(database, undefined as never, new SystemRandom()),
        Log.silent(),
      ),
    add: (
      user,
      at,
    ) => sql`insert into velro.sessions (id, user_id, auth_time, device, address, expires_at, ended_at)
      values (${randomUUID()}, ${user}, now(), 'a device', '192.0.2.1', now() + interval '1 day', ${at})`,
  },
  {
    table: 'email_changes',
    seconds: emailChangePolicy.linkSeconds,
    purge: (database) => new EmailChangePurge(new EmailChangeRepository(database), Log.silent()),
    add: (user, at) => sql`insert into velro.email_changes (id, user_id, email, epoch, created_at)
      values (${randomUUID()}, ${user}, 'new@example.com', 1, ${at})`,
  },
  {
    table: 'notices',
    seconds: noticePolicy.keepDays * 24 * 3600,
    purge: (database) => new NoticesPurge(new NoticesRepository(database), new SystemClock(), Log.silent()),
    add: (user, at) => sql`insert into velro.notices (id, user_id, kind, recipient, client_ip, created_at)
      values (${randomUUID()}, ${user}, 'password_changed', 'ada@example.com', '192.0.2.1', ${at})`,
  },
  {
    table: 'idempotency_keys',
    seconds: idempotencyPolicy.keptSeconds,
    purge: (database) => new IdempotencyPurge(new IdempotencyRepository(database), Log.silent()),
    add: (
      user,
      at,
    ) => sql`insert into velro.idempotency_keys (user_id, key, request_hash, claim, claimed_until, created_at)
      values (${user}, ${randomUUID()}, ${randomBytes(32)}, ${randomUUID()}, now(), ${at})`,
  },
  {
    table: 'ai_calls',
    seconds: modelCallPolicy.keepDays * 24 * 3600,
    purge: (database) => ({
      run: async () => {
        await new AiCallsRepository(database).purge(modelCallPolicy.keepDays, modelCallPolicy.sweepBatch);
      },
    }),
    add: (user, at) => sql`insert into velro.ai_calls
        (id, purpose, user_id, provider, model, sum_scopes, sum_periods, reserved_microusd, expires_at, settled_at, cost_microusd, outcome)
      values (${randomUUID()}, 'chat', ${user}, 'local', 'local', '{}', '{}', 0, now(), ${at}, 0, 'answered')`,
  },
];

describe('the purge of', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  const people = { old: randomUUID(), young: randomUUID() };
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
  });
  beforeEach(async () => {
    for (const [name, id] of Object.entries(people))
      await sql`insert into velro.users (id, email) values (${id}, ${`${name}@example.com`}) on conflict do nothing`.execute(
        database.query,
      );
  });
  afterAll(() => stage.stop());

  it.each(cases)(
    '$table deletes what is older than its period, and nothing that is younger',
    async ({ table, seconds, purge, add }) => {
      const ago = (age: number) => sql`now() - make_interval(secs => ${age})`;
      await add(people.old, ago(seconds + margin)).execute(database.query);
      await add(people.young, ago(seconds - margin)).execute(database.query);
      await purge(database).run(new AbortController().signal);
      const { rows } = await sql<{
        user_id: string;
      }>`select user_id from ${sql.table(`velro.${table}`)}`.execute(database.query);
      expect(rows).toEqual([{ user_id: people.young }]);
    },
  );
});
