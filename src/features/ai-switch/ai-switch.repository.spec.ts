import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseLimits } from '../../../config/policy/operations/database.js';
import { Secret } from '../../../config/values/secret.js';
import { auditLogOf, auditSettings, noEntry } from '../../../test/support/database/audit-log.js';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import { PostgresDatabase } from '../../adapters/postgres/postgres-database.js';
import { AiSwitchRepository } from './ai-switch.repository.js';

describe('the kill switch', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    const limits = { ...databaseLimits, poolSize: 1 };
    database = new PostgresDatabase(new Secret(stage.appUrl), () => undefined, limits, true);
  });
  afterAll(async () => {
    await database.close();
    await stage.stop();
  });

  it('is set while requests hold every connection', async () => {
    const stored = new AiSwitchRepository(database);
    const settings = auditSettings();
    const { keys } = auditLogOf(database, settings);
    await keys.chain();
    await keys.service();
    // An instance that could not read them at its start.
    const { trail } = auditLogOf(database, settings);
    const set = (enabled: boolean) =>
      stored.set(enabled, (tx) =>
        trail.entry(tx, { action: 'ai.switched', subjectId: null, details: { enabled } }, null),
      );
    const [before, after] = await database.transaction(async () => [await set(false), await set(true)]);
    expect([before, after]).toEqual([true, false]);
    expect((await stored.read()).enabled).toBe(true);
  });

  it('is not set without its entry in the audit log', async () => {
    const stored = new AiSwitchRepository(database);
    const { enabled } = await stored.read();
    await expect(stored.set(!enabled, () => Promise.resolve(noEntry))).rejects.toThrow('audit log');
    expect((await stored.read()).enabled).toBe(enabled);
  });
});
