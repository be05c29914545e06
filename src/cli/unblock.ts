import { loadConfig } from '../../config/load-config.js';
import { NotUnderstood, runCommand } from './command.js';
import { databaseUrl } from './database-url.js';
import { liftBlocks, readTarget } from './unblock/lift-blocks.js';

const usage = `usage: npm run unblock -- <ip|user>
Lifts every active block of an address (IPv4 or IPv6, any notation) or of a user (id or e-mail address). A running
service applies it within a second. Exit 0: lifted. Exit 1: failed. Exit 2: invalid arguments. Exit 3: there was nothing
to lift.`;

await runCommand({ usage }, async ([given, ...more]) => {
  const target = given === undefined || more.length > 0 ? null : readTarget(given);
  if (target === null) throw new NotUnderstood();
  const config = loadConfig();
  const lifted = await liftBlocks(config, await databaseUrl(config), target);
  for (const { address, userId, attack, expiresAt } of lifted)
    process.stdout.write(
      `lifted: ${address}${userId === null ? '' : ` for ${userId}`}, ${attack}, until ${expiresAt.toISOString()}\n`,
    );
  if (lifted.length > 0) return 0;
  process.stdout.write('nothing to lift: no such block is in force\n');
  return 3;
});
