import { sql } from 'kysely';
import type pg from 'pg';
import { backupPolicy } from '../../../../config/policy/operations/backup.js';
import type { Config } from '../../../../config/config.js';
import type { Secret } from '../../../../config/values/secret.js';
import { removeRestoreState } from '../../../adapters/postgres/backup/restore-state.js';
import { SystemRandom } from '../../../adapters/system/system.js';
import { Database } from '../../../database/database.js';
import { AuditTrail } from '../../../features/audit/audit-trail.service.js';
import { Settlement } from '../../../features/generations/jobs/settlement.js';
import { SecurityEventsRepository } from '../../../features/security/events/security-events.repository.js';
import { appOn } from '../../unopened-app.js';
import type { Findings } from './findings.js';

export interface Opened {
  /** Generations that were failed now. */
  readonly failed: number;
  /** API keys that were revoked now. */
  readonly revoked: number;
}

/**
 * Ends what was unfinished, in the service's own transactions, and opens the database last: interrupted, it is repeated and goes on where it
 * was.
 */
export async function openDatabase(
  config: Config,
  { appUrl, owner }: { readonly appUrl: Secret; readonly owner: pg.Client },
  found: Findings,
  revokesKeys: boolean,
): Promise<Opened> {
  const { app, close } = await appOn(config, appUrl);
  try {
    const database = app.get(Database, { strict: false });
    const trail = app.get(AuditTrail, { strict: false });
    const revoked = revokesKeys ? await revokeKeys(database, trail) : 0;
    const failed = await failUnfinished(database, app.get(Settlement, { strict: false }));
    const details = { taken_at: found.takenAt.toISOString(), failed, revoked_keys: revoked };
    await database.transaction(async (tx) => {
      // Objects that were stored since the backup have no row: somebody may want to look at them before they are removed.
      await sql`
        update velro.sweeps set due_at = now() + make_interval(days => ${backupPolicy.orphansKeptDays}) where name = 'orphaned_objects'`.execute(
        tx,
      );
      await trail.append(tx, { action: 'database.restored', subjectId: null, details }, null);
      const event = {
        id: new SystemRandom().timeOrderedUuid(),
        at: new Date(),
        event: 'authz_admin',
        level: 'HIGH',
        text: 'DATABASE restored from a backup and opened by command',
        response: 'none',
        details,
      } as const;
      await app.get(SecurityEventsRepository, { strict: false }).add([event], tx);
    });
    await removeRestoreState(owner);
    return { failed, revoked };
  } finally {
    await close();
  }
}

/** Each with its credits, as when its provider fails. Whatever a provider still makes of it is not fetched. */
async function failUnfinished(database: Database, settlement: Settlement): Promise<number> {
  let failed = 0;
  for (;;) {
    const page = await database.query
      .selectFrom('generations')
      .select(['id', 'user_id'])
      .where('status', 'in', ['queued', 'submitting', 'processing'])
      .limit(backupPolicy.openingBatch)
      .execute();
    for (const { id, user_id: userId } of page)
      if (await settlement.fail({ id, userId }, 'provider_unavailable')) failed++;
    if (page.length < backupPolicy.openingBatch) return failed;
  }
}

async function revokeKeys(database: Database, trail: AuditTrail): Promise<number> {
  let revoked = 0;
  for (;;) {
    const count = await database.transaction(async (tx) => {
      const { rows } = await sql`
        update velro.api_keys set revoked_at = now() where id in (
          select id from velro.api_keys where revoked_at is null limit ${backupPolicy.openingBatch})
        returning id`.execute(tx);
      const details = { by: 'restore', keys: rows.length };
      if (rows.length > 0) await trail.append(tx, { action: 'key.revoked', subjectId: null, details }, null);
      return rows.length;
    });
    revoked += count;
    if (count < backupPolicy.openingBatch) return revoked;
  }
}
