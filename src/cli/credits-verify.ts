import { loadConfig } from '../../config/load-config.js';
import { NotUnderstood, runCommand } from './command.js';
import { verifyCredits } from './credits-verify/verify-credits.js';
import { databaseUrl } from './database-url.js';

const usage = `usage: npm run credits:verify
Compares every account, every generation and every paid call of a language model with the credit ledger, and the storage
use of accounts with their files.
Read-only; may run while the service runs. Exit 0: balanced. Exit 1: faults, one line each, or the check failed. Exit 2:
invalid arguments.`;

await runCommand({ usage }, async (args) => {
  if (args.length > 0) throw new NotUnderstood();
  let faults = 0;
  const url = await databaseUrl(loadConfig());
  const { accounts, generations, calls } = await verifyCredits(url, ({ of, id, what }) => {
    faults++;
    process.stdout.write(`${of} ${id}: ${what}\n`);
  });
  const verdict = faults === 0 ? 'balanced' : `${faults} fault${faults === 1 ? '' : 's'}`;
  process.stdout.write(`${accounts} accounts, ${generations} generations, ${calls} paid calls: ${verdict}\n`);
  return faults === 0 ? 0 : 1;
});
