import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { apiKeyPolicy } from '../../config/policy/accounts/api-keys.js';
import { Secret } from '../../config/values/secret.js';
import { PostgresDatabase } from '../../src/adapters/postgres/postgres-database.js';
import { ApiKeysRepository } from '../../src/features/api-keys/api-keys.repository.js';
import type { Caller } from '../../src/guards/route/caller.js';
import { auditLogOf } from '../support/database/audit-log.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';

const caller: Caller = {
  userId: randomUUID(),
  sessionId: randomUUID(),
  tokenId: randomUUID(),
  role: 'user',
  ver: 0,
  authTime: 0,
  issuedAt: 0,
  expiresAt: 0,
  scopes: null,
  key: null,
};

describe('API keys that have expired', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    // With the times that the service gives a statement.
    database = new PostgresDatabase(new Secret(stage.appUrl), () => undefined);
    await sql`insert into velro.users (id, email) values (${caller.userId}, 'ada@example.com')`.execute(
      database.query,
    );
  });
  afterAll(async () => {
    await database.close();
    await stage.stop();
  });

  const expired = async (daysAgo: number): Promise<string> => {
    const id = randomUUID();
    await sql`insert into velro.api_keys (id, user_id, name, hash, prefix, scopes, expires_at)
      values (${id}, ${caller.userId}, 'shop', ${randomBytes(32)}, 'velro_12345678', '{visitors}', now() - ${daysAgo} * interval '1 day')`.execute(
      database.query,
    );
    return id;
  };
  const forget = async (): Promise<string[]> => {
    await database.transaction((tx) =>
      new ApiKeysRepository(database, auditLogOf(database).trail).forgetDead(tx, caller),
    );
    const rows = await database.query.selectFrom('api_keys').select('id').execute();
    return rows.map(({ id }) => id);
  };
  const visitors = async (): Promise<number> => {
    const { rows } = await sql<{
      count: number;
    }>`select (select count(*) from velro.visitors)::int + (select count(*) from velro.conversations)::int as count`.execute(
      database.query,
    );
    return rows[0]?.count ?? -1;
  };

  it('beyond the latest ones are forgotten, but not while they have visitors, who may be very many', async () => {
    const busy = await expired(90);
    const idle = await expired(91);
    const latest: string[] = [];
    for (let day = 1; day <= apiKeyPolicy.deadPerUser; day++) latest.push(await expired(day));
    const big = stage.connect();
    await sql`insert into velro.visitors (id, key_id) select gen_random_uuid(), ${busy} from generate_series(1, 20000)`.execute(
      big.query,
    );
    await sql`insert into velro.conversations (user_id, visitor_id, id, title) select id, id, 'c', 'x' from velro.visitors`.execute(
      big.query,
    );
    const before = await visitors();
    const left = await forget();
    expect(left.sort()).toEqual([busy, ...latest].sort());
    expect(left).not.toContain(idle);
    expect([before, await visitors()]).toEqual([40_000, 40_000]);
    await sql`delete from velro.visitors`.execute(big.query);
    expect((await forget()).sort()).toEqual(latest.sort());
  });
});
