import { ConfigurationError, loadConfig } from '../../config/load-config.js';
import type { Config } from '../../config/config.js';
import type { Secret } from '../../config/values/secret.js';
import { liftBlocks, readTarget, UnknownPerson } from './unblock/lift-blocks.js';

const usage = `usage: npm run unblock -- <ip|user>
Lifts every block in force of an address (IPv4, IPv6, any spelling) or of a person (id or e-mail address). A running
service lets them in within a second. Exit 0: lifted. Exit 1: it could not be done. Exit 2: not understood. Exit 3: there
was nothing to lift.`;

async function databaseUrl({ database, home }: Config): Promise<Secret> {
  if (database.kind === 'postgres') return database.url;
  const { runningAppUrl } = await import('../adapters/embedded/postgres/running-cluster.js');
  return runningAppUrl(home);
}

// Started through scripts/start.mjs, the command's own name and npm's dashes stand before the argument.
const [given, ...more] = process.argv
  .slice(2)
  .filter((argument, at) => !(at <= 1 && /^(unblock|--)$/.test(argument)));
const target = given === undefined || more.length > 0 ? null : readTarget(given);
if (target === null) {
  process.exitCode = 2;
  process.stderr.write(`${usage}\n`);
} else {
  try {
    const lifted = await liftBlocks(await databaseUrl(loadConfig()), target);
    for (const { address, userId, attack, expiresAt } of lifted)
      process.stdout.write(
        `lifted: ${address}${userId === null ? '' : ` for ${userId}`}, ${attack}, until ${expiresAt.toISOString()}\n`,
      );
    if (lifted.length === 0) {
      process.exitCode = 3;
      process.stdout.write('nothing to lift: no such block is in force\n');
    }
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof ConfigurationError) process.stderr.write(`${error.report()}\n`);
    else if (error instanceof UnknownPerson) process.stderr.write('there is no such person\n');
    else
      process.stderr.write(
        `it could not be done: ${error instanceof Error ? error.message : String(error)}\n`,
      );
  }
}
