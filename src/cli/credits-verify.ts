import { loadConfig } from '../../config/load-config.js';
import { NotUnderstood, runCommand } from './command.js';
import { verifyCredits } from './credits-verify/verify-credits.js';
import { databaseUrl } from './database-url.js';

const usage = `usage: npm run credits:verify
Compares every account and every generation with the ledger of credits, and what accounts weigh with their files. Changes
nothing, and may run beside the service. Exit 0: all is balanced. Exit 1: it is not, one line a fault, or it could not be
looked at. Exit 2: not understood.`;

await runCommand({ usage }, async (args) => {
  if (args.length > 0) throw new NotUnderstood();
  let faults = 0;
  const url = await databaseUrl(loadConfig());
  const { accounts, generations } = await verifyCredits(url, ({ of, id, what }) => {
    faults++;
    process.stdout.write(`${of} ${id}: ${what}\n`);
  });
  const verdict = faults === 0 ? 'balanced' : `${faults} fault${faults === 1 ? '' : 's'}`;
  process.stdout.write(`${accounts} accounts, ${generations} generations: ${verdict}\n`);
  return faults === 0 ? 0 : 1;
});
