import { readFile } from 'node:fs/promises';
import { loadConfig } from '../../config/load-config.js';
import { PostgresDatabase } from '../adapters/postgres/postgres-database.js';
import { verifyAudit } from './audit-verify/verify-audit.js';
import { CommandFailed, NotUnderstood, runCommand } from './command.js';
import { databaseUrl } from './database-url.js';

const usage = `usage: npm run audit:verify [-- --checkpoint <file>]
Verifies the chains of the audit log and its checkpoints: no entry was changed, removed, inserted or moved. Reads only; may run
while the service runs. With a checkpoint that was kept elsewhere (as /.well-known/velro-audit-checkpoint or the alert webhook
gave it): also that the log still holds what it held then. Without one, nobody who has the database alone can tell whether all of it
was set back. Exit 0: whole. Exit 1: faults, one line each, or the check failed. Exit 2: invalid arguments.`;

const longestNote = 10_000;

async function noteIn(args: readonly string[]): Promise<string | null> {
  const [flag, file, ...more] = args;
  if (flag === undefined) return null;
  if (flag !== '--checkpoint' || file === undefined || more.length > 0) throw new NotUnderstood();
  try {
    return (await readFile(file, 'utf8')).slice(0, longestNote);
  } catch {
    throw new CommandFailed('the file of the checkpoint cannot be read');
  }
}

await runCommand({ usage }, async (args) => {
  const note = await noteIn(args);
  const config = loadConfig();
  const database = new PostgresDatabase(await databaseUrl(config), () => undefined);
  try {
    const { entries, checkpoints, faults } = await verifyAudit(config, database, note, (line) => {
      process.stdout.write(`${line}\n`);
    });
    const verdict = faults === 0 ? 'whole' : `${faults} fault${faults === 1 ? '' : 's'}`;
    process.stdout.write(`${entries} entries, ${checkpoints} checkpoints: ${verdict}\n`);
    return faults === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
});
