import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import type { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import { PrivacyChoicesRepository } from './privacy-choices.repository.js';

describe('a choice of a person', () => {
  const ada = randomUUID();
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    await stage.asOwner(`
      insert into velro.users (id, email) values ('${ada}', 'ada@example.com');
      insert into velro.privacy_choices (user_id, purpose, chosen, version, text_sha256, source)
        values ('${ada}', 'external_ai', true, '2026-11-28', sha256('x'), 'request')`);
  });
  afterAll(() => stage.stop());

  it.each([
    ['changed', 'update velro.privacy_choices set chosen = false'],
    ['deleted', 'delete from velro.privacy_choices'],
  ])('is not %s by the service', async (_, statement) => {
    await expect(sql.raw(statement).execute(database.query)).rejects.toThrow('permission denied');
    const choices = await new PrivacyChoicesRepository(database).history(ada, 10);
    expect(choices).toMatchObject([{ purpose: 'external_ai', chosen: true }]);
  });
});
