import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { log, SweepStage } from '../../../../test/support/generations/sweep-stage.js';
import { DataExportRemoval } from './data-export-removal.js';
import { DataExportsPurge } from './data-exports.purge.js';
import { DataExportsRepository } from './data-exports.repository.js';

describe('the end of exports', () => {
  let stage: SweepStage;
  beforeAll(async () => {
    stage = await SweepStage.open();
  });
  afterAll(() => stage.close());

  /** A ready export with an object. */
  const made = async (userId: string, expires: string): Promise<string> => {
    const id = randomUUID();
    await sql`
      insert into velro.data_exports (id, user_id, state, expires_at, work_at)
      values (${id}, ${userId}, 'ready', ${sql.raw(expires)}, null)`.execute(stage.database.query);
    const key = await stage.object(`exports/${id}/1.zip`, 0);
    await sql`
      insert into velro.data_export_parts (export_id, number, object_key, bytes) values (${id}, 1, ${key}, 7)`.execute(
      stage.database.query,
    );
    return id;
  };
  const left = async (): Promise<string[]> => {
    const { rows } = await sql<{ id: string }>`select id from velro.data_exports`.execute(
      stage.database.query,
    );
    return rows.map(({ id }) => id);
  };
  const keys = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of stage.storage.objects('exports')) found.push(key);
    return found;
  };

  it('takes the expired ones with their objects, and leaves the others', async () => {
    const { removals } = stage.instance();
    const exports = new DataExportsRepository(stage.database);
    const purge = new DataExportsPurge(new DataExportRemoval(stage.database, exports, removals), log);
    const ada = await stage.person();
    await made(ada, "now() - interval '1 minute'");
    const young = await made(ada, "now() + interval '1 minute'");
    const { signal } = new AbortController();
    await purge.run(signal);
    expect(await left()).toEqual([young]);
    await removals.sweep(signal);
    expect(await keys()).toEqual([`exports/${young}/1.zip`]);
  });

  it('leaves no object that no export speaks of', async () => {
    const { orphaned } = stage.instance();
    const before = await keys();
    await stage.object(`exports/${randomUUID()}/2.zip`, 25);
    await orphaned.run(new AbortController().signal);
    expect(await keys()).toEqual(before);
  });
});
