import type { Config } from '../../../../config/config.js';
import type { Secret } from '../../../../config/values/secret.js';
import { newestWholeIn } from '../../../adapters/postgres/backup/backup-names.js';
import { rowsIn } from '../../../adapters/postgres/backup/manifest/manifest.js';
import { readObjects } from '../../../adapters/postgres/backup/objects/read-objects.js';
import { objectsFolderOf } from '../../../adapters/postgres/backup/objects/stored-files.js';
import { withOwner } from '../../../adapters/postgres/backup/owner-client.js';
import { ReadBackup } from '../../../adapters/postgres/backup/read-backup.js';
import { restore, type RestoreTarget } from '../../../adapters/postgres/backup/restore.js';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import type { SelfTestCheck, SelfTestResult } from '../../../features/backups/self-test/self-test-result.js';
import type { BackupTarget } from '../../../ports/backup/backup-target.js';
import { verifyAudit } from '../../audit-verify/verify-audit.js';
import { verifyCredits } from '../../credits-verify/verify-credits.js';
import { unauthenticatedWarning } from '../unauthenticated.js';
import { onEmbeddedDatabase, onGivenDatabase, Stopped } from './scratch-database.js';

export interface SelfTestPlan {
  readonly config: Config;
  readonly target: BackupTarget;
  readonly identityFile: string;
  /** Null: the newest that is whole. */
  readonly backup: string | null;
  /** An empty one; null: one of the embedded default, made for this. */
  readonly scratchUrl: Secret | null;
  /** How many objects are read; null: all; 0: they are not asked for. */
  readonly objects: number | null;
  readonly maxAgeHours: number;
  readonly acceptsUnauthenticated: boolean;
}

/** Restores a backup into a scratch database, verifies it there and removes it. Rejects only when it was told to stop. */
export async function runSelfTest(plan: SelfTestPlan): Promise<SelfTestResult> {
  const began = Date.now();
  const checks = new Checks();
  const found = await checks.make('manifest', () => open(plan));
  const ageHours = found === null ? null : (began - Date.parse(found.manifest.takenAt)) / 3_600_000;
  if (found !== null && ageHours !== null) {
    checks.note(
      'age',
      ageHours <= plan.maxAgeHours,
      `${ageHours.toFixed(1)} hours, of at most ${plan.maxAgeHours}`,
    );
    // What makes and removes the scratch database may fail as well.
    await checks.make('scratch database', async () => {
      await onScratch(plan, found, (database) => verify(plan, found, database, checks));
      return { detail: 'made, and removed' };
    });
  }
  const ended = Date.now();
  return {
    at: new Date(ended).toISOString(),
    isPassed: checks.made.every(({ isPassed }) => isPassed),
    backup: found?.name ?? null,
    ageHours,
    seconds: Math.round((ended - began) / 1000),
    checks: checks.made,
  };
}

async function open(plan: SelfTestPlan): Promise<ReadBackup & { detail: string }> {
  const { target, identityFile, acceptsUnauthenticated, config } = plan;
  const name = plan.backup ?? (await newestWholeIn(target, plan.objects !== 0));
  const reader = { identityFile, acceptsUnauthenticated, keys: config.audit.key };
  const backup = await ReadBackup.open(target, name, reader);
  const { manifest, isAuthentic } = backup;
  const { tables, handMade } = manifest;
  if (!isAuthentic) process.stderr.write(unauthenticatedWarning);
  const detail = `${isAuthentic ? 'authentic' : 'NOT AUTHENTIC'}, ${tables.length} tables, ${rowsIn(manifest)} rows${handMade.length === 0 ? '' : `, ${handMade.length} names that no migration made`}`;
  return Object.assign(backup, { detail });
}

function onScratch(
  { config, scratchUrl }: SelfTestPlan,
  { manifest }: ReadBackup,
  work: (database: RestoreTarget) => Promise<void>,
): Promise<void> {
  if (scratchUrl !== null) return onGivenDatabase(scratchUrl, work);
  return onEmbeddedDatabase(
    config,
    manifest.tables.some(({ schema }) => schema === 'auth'),
    work,
  );
}

async function verify(
  plan: SelfTestPlan,
  backup: ReadBackup,
  database: RestoreTarget,
  checks: Checks,
): Promise<void> {
  const { config } = plan;
  const restored = await checks.make('rows', async () => {
    const applied = await restore(backup, database, { comparesRows: true });
    return { detail: `restored as they were backed up, then ${applied.length} migrations` };
  });
  if (restored === null) return;
  await checks.make('audit log', async () => {
    const log = new PostgresDatabase(database.ownerUrl, () => undefined);
    try {
      const { entries, checkpoints, faults } = await verifyAudit(config, log, null, () => undefined);
      return { detail: `${entries} entries, ${checkpoints} checkpoints, ${faults} faults`, faults };
    } finally {
      await log.close();
    }
  });
  await checks.make('credits', async () => {
    let faults = 0;
    const { accounts, generations } = await verifyCredits(database.ownerUrl, () => faults++);
    return { detail: `${accounts} accounts, ${generations} generations, ${faults} faults`, faults };
  });
  if (plan.objects !== 0) await checks.make('objects', () => verifyObjects(plan, backup, database));
}

async function verifyObjects(
  { target, identityFile, objects }: SelfTestPlan,
  backup: ReadBackup,
  { ownerUrl }: RestoreTarget,
): Promise<{ detail: string; faults: number }> {
  const list = await backup.objects();
  if (list === null)
    return { detail: 'the backup has no list of its objects, or one of somebody else', faults: 1 };
  const kept = { target, identityFile, folder: objectsFolderOf(backup.manifest.recipient) };
  const gone = new Set(list.gone);
  const { files, read, faults } = await withOwner(ownerUrl, (client) =>
    readObjects(client, kept, gone, objects),
  );
  return {
    detail: `${read} of ${files} read, ${faults} faults; ${list.faults} were missing or damaged when it was made`,
    faults: faults + list.faults,
  };
}

/** What was verified, in its order. */
class Checks {
  readonly made: SelfTestCheck[] = [];

  note(name: string, isPassed: boolean, detail: string): void {
    this.made.push({ name, isPassed, detail });
  }

  /** Null when it failed, which is noted. */
  async make<T extends { readonly detail: string; readonly faults?: number }>(
    name: string,
    work: () => Promise<T>,
  ): Promise<T | null> {
    try {
      const found = await work();
      const { detail, faults = 0 } = found;
      this.note(name, faults === 0, detail);
      return found;
    } catch (error) {
      if (error instanceof Stopped) throw error;
      this.note(name, false, (error instanceof Error ? error.message : String(error)).slice(0, 200));
      return null;
    }
  }
}
