import { loadConfig, loadMigrationUrl } from '../../../config/load-config.js';
import type { Config } from '../../../config/config.js';
import { withOwner } from '../../adapters/postgres/backup/owner-client.js';
import { requireAlone } from '../../adapters/postgres/backup/restore.js';
import { readRestoreState, secretMarkOf } from '../../adapters/postgres/backup/restore-state.js';
import { CommandFailed, runCommand } from '../command.js';
import { databaseUrl } from '../database-url.js';
import { findingsIn, reportOf } from './opening/findings.js';
import { openDatabase } from './opening/open-database.js';
import { optionsIn } from './options.js';
import { ownerUrlOf } from './owner-database.js';

const usage = `usage: npm run db:open [-- --confirm [--revoke-keys]]
Lists what a restored database holds of which nobody knows whether it still held. With --confirm: fails unfinished generations and pays
them back, revokes every API key where --revoke-keys asks for it, and opens the database: services that wait go on. Verify it before
(audit:verify, credits:verify, storage:verify). Exit 0: opened, or nothing to open. Exit 1: not opened. Exit 2: invalid arguments.`;

/** Neither signs tokens any more, nor verifies them. */
function isRotated({ tokens: { current, previous } }: Config, mark: string): boolean {
  return previous === null && secretMarkOf(current) !== mark;
}

await runCommand({ usage, failure: 'the database was not opened' }, async (args) => {
  const given = optionsIn(args, [], ['confirm', 'revoke-keys']);
  // Read first: loadConfig removes DATABASE_MIGRATION_URL from the environment.
  const migrationUrl = loadMigrationUrl();
  const config = loadConfig();
  const ownerUrl = await ownerUrlOf(config, migrationUrl);
  return await withOwner(ownerUrl, async (owner) => {
    const state = await readRestoreState(owner);
    if (state === null) {
      process.stdout.write('no restored database waits to be opened\n');
      return 0;
    }
    await requireAlone(owner, ownerUrl);
    const found = await findingsIn(owner);
    process.stdout.write(reportOf(found));
    if (given.confirm !== true) throw new CommandFailed('not opened: --confirm opens it');
    if (!found.areTokensOver && !isRotated(config, state.secretMark))
      throw new CommandFailed(
        `not opened: rotate JWT_SECRET, without JWT_SECRET_PREVIOUS, or open after ${found.tokensUntil.toISOString()}; tokens that were revoked since the backup work until then`,
      );
    if (!state.areErasuresApplied)
      throw new CommandFailed(
        'not opened: run privacy:apply-erasures first; accounts that were deleted since the backup are here again',
      );
    const appUrl = await databaseUrl(config);
    const { failed, revoked } = await openDatabase(
      config,
      { appUrl, owner },
      found,
      given['revoke-keys'] === true,
    );
    process.stdout.write(`opened: ${failed} generations failed and paid back, ${revoked} API keys revoked\n`);
    return 0;
  });
});
