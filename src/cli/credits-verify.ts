import { ConfigurationError, loadConfig } from '../../config/load-config.js';
import type { Config } from '../../config/config.js';
import type { Secret } from '../../config/values/secret.js';
import { verifyCredits } from './credits-verify/verify-credits.js';

const usage = `usage: npm run credits:verify
Compares every account and every generation with the ledger of credits, and what accounts weigh with their files. Changes
nothing, and may run beside the service. Exit 0: all is balanced. Exit 1: it is not, one line a fault, or it could not be
looked at. Exit 2: not understood.`;

async function databaseUrl({ database, home }: Config): Promise<Secret> {
  if (database.kind === 'postgres') return database.url;
  const { runningAppUrl } = await import('../adapters/embedded/postgres/running-cluster.js');
  return runningAppUrl(home);
}

// Started through scripts/start.mjs, the command's own name and npm's dashes stand before the arguments.
const given = process.argv
  .slice(2)
  .filter((argument, at) => !(at <= 1 && /^(credits-verify|--)$/.test(argument)));
if (given.length > 0) {
  process.exitCode = 2;
  process.stderr.write(`${usage}\n`);
} else {
  try {
    let faults = 0;
    const { accounts, generations } = await verifyCredits(
      await databaseUrl(loadConfig()),
      ({ of, id, what }) => {
        faults++;
        process.stdout.write(`${of} ${id}: ${what}\n`);
      },
    );
    const looked = `${accounts} accounts, ${generations} generations`;
    process.stdout.write(
      `${looked}: ${faults === 0 ? 'balanced' : `${faults} fault${faults === 1 ? '' : 's'}`}\n`,
    );
    if (faults > 0) process.exitCode = 1;
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(
      error instanceof ConfigurationError
        ? `${error.report()}\n`
        : `it could not be done: ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
}
