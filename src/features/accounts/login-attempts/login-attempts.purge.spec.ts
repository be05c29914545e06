import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { loginAttemptPurgePolicy } from '../../../../config/policy/accounts/login-attempts.js';
import { config, LoginAttemptsStage } from '../../../../test/support/accounts/login-attempts-stage.js';
import { AccountKey } from './account-key.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';

const { accountsOfScan } = loginAttemptPurgePolicy;
const firstId = '00000000-0000-0000-0000-000000000000';

describe('the marking of the counts of accounts', () => {
  const stage = new LoginAttemptsStage();
  const { id: keyId } = new AccountKey(config);
  beforeAll(async () => {
    await stage.open();
    await sql`
      insert into velro.users (id, email)
      select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n || '@example.com'
      from generate_series(1, ${accountsOfScan + 1}::int) n`.execute(stage.database.query);
    await stage.purge.run(new AbortController().signal);
  });
  afterAll(() => stage.close());
  const unmarked = async (): Promise<number> => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from velro.users u
      where not exists (select from velro.account_guesses g where g.user_id = u.id and g.key_id = ${keyId})`.execute(
      stage.database.query,
    );
    return rows[0]?.count ?? -1;
  };

  it('comes to every account, however many are marked already', async () => {
    expect(await unmarked()).toBe(0);
    await sql`delete from velro.account_guesses where account = ${new AccountKey(config).of(`${accountsOfScan + 1}@example.com`)}`.execute(
      stage.database.query,
    );
    expect(await unmarked()).toBe(1);
    await stage.purge.run(new AbortController().signal);
    expect(await unmarked()).toBe(0);
  });

  it('looks at a bounded number at a time, also where it finds none to mark', async () => {
    const repository = new LoginAttemptsRepository(stage.database);
    const { users, last } = await repository.usersWithoutCount(firstId, keyId);
    expect([users, last]).toEqual([
      [],
      `00000000-0000-4000-8000-${String(accountsOfScan).padStart(12, '0')}`,
    ]);
  });
});
