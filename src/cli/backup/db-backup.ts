import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../config/config.js';
import { loadConfig, loadMigrationUrl } from '../../../config/load-config.js';
import { backupPolicy } from '../../../config/policy/operations/backup.js';
import type { Secret } from '../../../config/values/secret.js';
import { backUpObjects } from '../../adapters/postgres/backup/objects/back-up-objects.js';
import { withOwner } from '../../adapters/postgres/backup/owner-client.js';
import { writeBackup, type WrittenBackup } from '../../adapters/postgres/backup/write-backup.js';
import { configuredStorage } from '../../adapters/storing.js';
import type { BackupTarget } from '../../ports/backup/backup-target.js';
import { NotUnderstood, runCommand } from '../command.js';
import { dueInMs, noteRun } from './backup-runs.js';
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
  const startedAt = new Date();
  let written: WrittenBackup | null = null;
  try {
    written = await writeBackup(
      { ownerUrl: plan.ownerUrl, hasIdentities: plan.config.database.kind === 'embedded' },
      plan.target,
      plan.recipient,
    );
    const rows = written.manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    process.stdout.write(
      `${plan.target.label}: backup ${written.name}, ${written.manifest.tables.length} tables, ${rows} rows\n`,
    );
    const isWhole = !plan.withObjects || (await copyObjects(plan));
    const outcome = isWhole ? 'succeeded' : 'incomplete';
    const { name } = written;
    await withOwner(plan.ownerUrl, (owner) =>
      noteRun(owner, { startedAt, outcome, name, rows, failure: isWhole ? null : 'objects' }),
    );
    return isWhole;
  } catch (error) {
    const failure = error instanceof Error ? error.message : 'unknown';
    const run = { startedAt, outcome: 'failed', name: written?.name ?? null, rows: null, failure } as const;
    // Where the database is away, that the last success grows old says so.
    await withOwner(plan.ownerUrl, (owner) => noteRun(owner, run)).catch(() => undefined);
    throw error;
  }
}

async function copyObjects({ config, ownerUrl, target, recipient }: Plan): Promise<boolean> {
  const storage = configuredStorage(config);
  const { copied, known, faults } = await withOwner(ownerUrl, (owner) =>
    backUpObjects(owner, { storage, target, recipient }, (key, what) => {
      process.stdout.write(`${key}: ${what}\n`);
    }),
  );
  process.stdout.write(`objects: ${copied} copied, ${known} there already, ${faults} missing or damaged\n`);
  return faults === 0;
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
