import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Config } from '../../../config/config.js';
import { loadConfig, loadMigrationUrl } from '../../../config/load-config.js';
import { backupPolicy } from '../../../config/policy/operations/backup.js';
import type { Secret } from '../../../config/values/secret.js';
import { rowsIn } from '../../adapters/postgres/backup/manifest/manifest.js';
import { backUpObjects, type ObjectsKept } from '../../adapters/postgres/backup/objects/back-up-objects.js';
import { withOwner } from '../../adapters/postgres/backup/owner-client.js';
import { writeBackup, type WrittenBackup } from '../../adapters/postgres/backup/write-backup.js';
import { configuredStorage } from '../../adapters/storing.js';
import type { BackupTarget } from '../../ports/backup/backup-target.js';
import { NotUnderstood, runCommand } from '../command.js';
import { dueInMs, noteEnd, noteStart, type BackupRun } from './backup-runs.js';
import { optionsIn, required } from './options.js';
import { ownerUrlOf } from './owner-database.js';
import { targetOf } from './target.js';

const usage = `usage: npm run db:backup [-- [--to <folder>] [--recipient <age1…>] [--without-objects] [--every <hours>]]
Writes one state of the database below <folder>, or to BACKUP_TARGET, as its owner, encrypted to the public key or BACKUP_RECIPIENT, then
copies the objects that are not there yet. May run while the service runs. With --every it stays, and makes one whenever the last is as old.
Exit 0: written. Exit 1: failed, and what was written is no backup, or objects are missing or damaged, one line each, and the rest is one.
Exit 2: invalid arguments.`;

interface Plan {
  readonly config: Config;
  readonly ownerUrl: Secret;
  readonly target: BackupTarget;
  readonly recipient: string;
  readonly withObjects: boolean;
}

/** Returns whether everything is in it. */
async function backUp(plan: Plan): Promise<boolean> {
  const run = await withOwner(plan.ownerUrl, noteStart);
  const end = (ended: BackupRun): Promise<void> =>
    withOwner(plan.ownerUrl, (owner) => noteEnd(owner, run, ended));
  try {
    const { name, manifest, faults } = await write(plan);
    const rows = rowsIn(manifest);
    if (faults === 0) await end({ outcome: 'succeeded', name, rows, failure: null });
    else await end({ outcome: 'incomplete', name, rows, failure: `${faults} objects` });
    return faults === 0;
  } catch (error) {
    const failure = error instanceof Error ? error.message : 'unknown';
    // Where the database is away, that the last success grows old says so.
    await end({ outcome: 'failed', name: null, rows: null, failure }).catch(() => undefined);
    throw error;
  }
}

/** Says what was written. Returns it, and how many objects are missing or damaged. */
async function write({
  config,
  ownerUrl,
  target,
  recipient,
  withObjects,
}: Plan): Promise<WrittenBackup & { readonly faults: number }> {
  const storage = configuredStorage(config);
  let kept: ObjectsKept | null = null;
  const copyObjects = async (client: pg.Client): Promise<ObjectsKept> => {
    kept = await backUpObjects(client, { storage, target, recipient }, (key, what) => {
      process.stdout.write(`${key}: ${what}\n`);
    });
    return kept;
  };
  const source = {
    ownerUrl,
    hasIdentities: config.database.kind === 'embedded',
    key: config.audit.key.current,
  };
  const written = await writeBackup(source, target, recipient, withObjects ? copyObjects : undefined);
  const { name, manifest } = written;
  process.stdout.write(
    `${target.label}: backup ${name}, ${manifest.tables.length} tables, ${rowsIn(manifest)} rows\n`,
  );
  if (manifest.handMade.length > 0)
    process.stderr.write(
      `WARNING: not made by a migration, and left out by a restore: ${manifest.handMade.join(', ')}\n`,
    );
  return { ...written, faults: sayObjects(kept) };
}

function sayObjects(kept: ObjectsKept | null): number {
  if (kept === null) return 0;
  const { copied, known, faults } = kept;
  process.stdout.write(`objects: ${copied} copied, ${known} there already, ${faults} missing or damaged\n`);
  return faults;
}

/** Never ends. A killed backup is none, and the next comes at the next start. */
async function backUpEvery(plan: Plan, everyMs: number): Promise<never> {
  for (;;) {
    try {
      const waitMs = await withOwner(plan.ownerUrl, (owner) => dueInMs(owner, everyMs));
      if (waitMs === 0) await backUp(plan);
      else {
        process.stdout.write(`the next backup comes at ${new Date(Date.now() + waitMs).toISOString()}\n`);
        await sleep(waitMs);
      }
    } catch (error) {
      process.stderr.write(`the backup failed: ${error instanceof Error ? error.message : String(error)}\n`);
      await sleep(backupPolicy.retryMs);
    }
  }
}

function everyMsOf(hours: string | undefined): number | null {
  if (hours === undefined) return null;
  // Without one for longer it is overdue.
  if (!/^(?:[1-9]|1\d|2[0-4])$/.test(hours)) throw new NotUnderstood();
  return Number(hours) * 3_600_000;
}

await runCommand({ usage, failure: 'the backup failed' }, async (args) => {
  const given = optionsIn(args, ['to', 'recipient', 'every'], ['without-objects']);
  const everyMs = everyMsOf(given.every);
  // Read first: loadConfig removes DATABASE_MIGRATION_URL from the environment.
  const migrationUrl = loadMigrationUrl();
  const config = loadConfig();
  const plan: Plan = {
    config,
    ownerUrl: await ownerUrlOf(config, migrationUrl),
    target: targetOf(given.to, config),
    recipient: required(given.recipient ?? config.backup?.recipient),
    withObjects: given['without-objects'] !== true,
  };
  if (everyMs !== null) return await backUpEvery(plan, everyMs);
  return (await backUp(plan)) ? 0 : 1;
});
