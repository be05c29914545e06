import { loadConfig } from '../../config/load-config.js';
import { configuredStorage } from '../adapters/storing.js';
import { NotUnderstood, runCommand } from './command.js';
import { databaseUrl } from './database-url.js';
import { verifyStorage, type Checked } from './storage-verify/verify-storage.js';

const usage = `usage: npm run storage:verify
Compares every file with its stored object, by size and SHA-256, and finds stored objects older than a day that have no file.
Reads every object once. Read-only; may run while the service runs. Exit 0: everything agrees. Exit 1: faults, one line each, or
something could not be verified. Exit 2: invalid arguments.`;

await runCommand({ usage }, async (args) => {
  if (args.length > 0) throw new NotUnderstood();
  const config = loadConfig();
  const checked = await verifyStorage(
    await databaseUrl(config),
    configuredStorage(config),
    ({ of, name, what }) => {
      process.stdout.write(`${of} ${name}: ${what}\n`);
    },
  );
  process.stdout.write(`${checked.files} files, ${checked.objects} objects: ${verdictOf(checked)}\n`);
  return checked.faults + checked.unverified === 0 ? 0 : 1;
});

function verdictOf({ faults, unverified, isComplete }: Checked): string {
  if (faults + unverified === 0) return 'all agree';
  const parts = [`${faults} fault${faults === 1 ? '' : 's'}`];
  if (unverified > 0) parts.push(`${unverified} could not be verified`);
  if (!isComplete) parts.push('and no more was asked: the storage does not answer');
  return parts.join(', ');
}
