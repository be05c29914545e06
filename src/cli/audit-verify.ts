import { readFile } from 'node:fs/promises';
import { loadConfig } from '../../config/load-config.js';
import { auditPolicy } from '../../config/policy/operations/audit.js';
import { PostgresDatabase } from '../adapters/postgres/postgres-database.js';
import { SystemRandom } from '../adapters/system/system.js';
import { verifyAuditLog } from '../features/audit/chain/audit-verification.js';
import {
  recogniseCheckpoint,
  verifyCheckpoints,
} from '../features/audit/checkpoints/checkpoint-verification.js';
import { CheckpointsRepository } from '../features/audit/checkpoints/checkpoints.repository.js';
import { TrimsRepository } from '../features/audit/retention/trims.repository.js';
import { AuditKeys } from '../features/audit/trail/audit-keys.js';
import { AuditKeysRepository } from '../features/audit/trail/audit-keys.repository.js';
import { AuditRepository } from '../features/audit/trail/audit.repository.js';
import { CommandFailed, NotUnderstood, runCommand } from './command.js';
import { databaseUrl } from './database-url.js';

const usage = `usage: npm run audit:verify [-- --checkpoint <file>]
Verifies the chains of the audit log and its checkpoints: no entry was changed, removed, inserted or moved. Reads only; may run
while the service runs. With a checkpoint that was kept elsewhere (as /.well-known/velro-audit-checkpoint or the alert webhook
gave it): also that the log still holds what it held then. Without one, nobody who has the database alone can tell whether all of it
was set back. Exit 0: whole. Exit 1: faults, one line each, or the check failed. Exit 2: invalid arguments.`;

const chainWords = {
  changed: 'is not as it was written, or not where',
  removed: 'stands behind entries that are missing',
  truncated: 'is the last one, and was not',
  trimmed: 'begins behind a summary that was not signed',
} as const;
const checkpointWords = {
  forged: 'is not as it was signed, or the one before it is missing',
  unlike: 'is of entries that the log does not hold',
} as const;
const keptWords = {
  lost: 'the checkpoint was signed by this log, which does not have it any more: the database was set back',
  foreign: 'the checkpoint was not signed by this log',
} as const;

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
    const keys = new AuditKeys(config, new AuditKeysRepository(database), new SystemRandom());
    const checkpoints = new CheckpointsRepository(database);
    let said = 0;
    const say = (line: string): void => {
      if (++said <= auditPolicy.verifyFaults) process.stdout.write(`${line}\n`);
    };
    const source = { entries: new AuditRepository(database), trims: new TrimsRepository(database), keys };
    const chains = await verifyAuditLog(source, ({ stream, position, fault }) => {
      say(`stream ${stream}, entry ${position}: ${chainWords[fault]}`);
    });
    const signed = await verifyCheckpoints(checkpoints, keys, ({ number, at, fault }) => {
      say(`checkpoint ${number} of ${at.toISOString()}: ${checkpointWords[fault]}`);
    });
    const kept = note === null ? 'known' : await recogniseCheckpoint(checkpoints, keys, note);
    if (kept !== 'known') say(keptWords[kept]);
    const faults = chains.faults + signed.faults + (kept === 'known' ? 0 : 1);
    const verdict = faults === 0 ? 'whole' : `${faults} fault${faults === 1 ? '' : 's'}`;
    process.stdout.write(`${chains.entries} entries, ${signed.checkpoints} checkpoints: ${verdict}\n`);
    return faults === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
});
