import { Shutdown } from '../tasks/shutdown.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../../config/config.js';
import { loadConfig } from '../../config/load-config.js';
import { Secret } from '../../config/values/secret.js';
import { createAdapters } from '../adapters/adapters.js';
import { createApp } from '../create-app.js';
import { Log } from '../observability/log.js';
import { PublicUrl } from '../ports/public-url.js';

const nothing = new Secret('none');
const nowhere = {
  databaseUrl: new Secret('postgres://nobody@127.0.0.1:1/none'),
  supabase: { url: 'http://127.0.0.1:1', publishableKey: nothing, secretKey: nothing },
};

/** The Nest application, created but not listening, to read its routes. Connects to no database or other service. */
export async function unopenedApp(): Promise<NestFastifyApplication> {
  return (await appOn(loadConfig(), nowhere.databaseUrl)).app;
}

/**
 * The Nest application on a database, for a command that does with its services what the service would: nothing of it listens, runs in the
 * background or calls anybody else. To be closed.
 */
export async function appOn(
  config: Config,
  databaseUrl: Secret,
): Promise<{ readonly app: NestFastifyApplication; readonly close: () => Promise<void> }> {
  const log = Log.silent();
  const url = new PublicUrl(config.server.publicUrl ?? 'http://127.0.0.1:3000');
  const adapters = await createAdapters(config, { ...nowhere, databaseUrl }, url, log);
  const app = await createApp(config, log, adapters, new Shutdown());
  return { app, close: () => adapters.close() };
}
