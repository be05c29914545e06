import { loadConfig } from '../../config/load-config.js';
import { PostgresDatabase } from '../adapters/postgres/postgres-database.js';
import { SystemRandom } from '../adapters/system/system.js';
import { auditPolicy } from '../../config/policy/operations/audit.js';
import { verifyAuditLog } from '../features/audit/chain/audit-verification.js';
import { AuditKeys } from '../features/audit/trail/audit-keys.js';
import { AuditKeysRepository } from '../features/audit/trail/audit-keys.repository.js';
import { AuditRepository } from '../features/audit/trail/audit.repository.js';
import { NotUnderstood, runCommand } from './command.js';
import { databaseUrl } from './database-url.js';

const usage = `usage: npm run audit:verify
Verifies the chains of the audit log: no entry was changed, removed, inserted or moved. Reads only; may run while the service
runs. The end of a chain that was cut off together with its head shows to nobody who has the database alone. Exit 0: whole.
Exit 1: faults, one line each, or the check failed. Exit 2: invalid arguments.`;

const words = {
  changed: 'is not as it was written, or not where',
  removed: 'stands behind entries that are missing',
  truncated: 'is the last one, and was not',
} as const;

await runCommand({ usage }, async (args) => {
  if (args.length > 0) throw new NotUnderstood();
  const config = loadConfig();
  const database = new PostgresDatabase(await databaseUrl(config), () => undefined);
  try {
    const keys = new AuditKeys(config, new AuditKeysRepository(database), new SystemRandom());
    let said = 0;
    const { entries, faults } = await verifyAuditLog(
      new AuditRepository(database),
      keys,
      ({ stream, position, fault }) => {
        if (++said <= auditPolicy.verifyFaults)
          process.stdout.write(`stream ${stream}, entry ${position}: ${words[fault]}\n`);
      },
    );
    process.stdout.write(
      `${entries} entries: ${faults === 0 ? 'whole' : `${faults} fault${faults === 1 ? '' : 's'}`}\n`,
    );
    return faults === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
});
