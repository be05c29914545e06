import { loadConfig } from '../../../config/load-config.js';
import { createAdapters } from '../../adapters/adapters.js';
import { createApp } from '../../create-app.js';
import { ErasureReplayService } from '../../features/privacy/deletion/erasure-replay.service.js';
import { Log } from '../../observability/log.js';
import { PublicUrl } from '../../ports/public-url.js';
import { openExternalServices } from '../../serve.js';
import { Shutdown } from '../../tasks/shutdown.js';
import { NotUnderstood, runCommand } from '../command.js';

const usage = `usage: npm run privacy:apply-erasures
Erases the accounts once more that were deleted after the backup was made from which this database was restored. Run it before the service starts.
Exit 0: none of them is left. Exit 1: something is left of one, or it could not be done; the service goes on with what is left. Exit 2: invalid arguments.`;

await runCommand({ usage, failure: 'the erasures could not be applied' }, async (args) => {
  if (args.length > 0) throw new NotUnderstood();
  const config = loadConfig();
  const log = Log.silent();
  const services = await openExternalServices(config, log, {
    done: () => undefined,
    launched: () => undefined,
  });
  try {
    const publicUrl = new PublicUrl(config.server.publicUrl);
    const adapters = await createAdapters(config, services.endpoints, publicUrl, log);
    try {
      // Not initialised: no worker of the service starts.
      const app = await createApp(config, log, adapters, new Shutdown());
      await adapters.open();
      const { listed, found, unfinished } = await app
        .get(ErasureReplayService)
        .apply(new AbortController().signal);
      process.stdout.write(
        `${listed} erased accounts are listed; ${found} of them were here again; ${unfinished === 0 ? 'none is left' : `of ${unfinished} something is left`}\n`,
      );
      return unfinished === 0 ? 0 : 1;
    } finally {
      await adapters.finishJobs();
      await adapters.close();
    }
  } finally {
    await services.stop();
  }
});
