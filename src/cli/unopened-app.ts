import { Shutdown } from '../tasks/shutdown.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
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
  const config = loadConfig();
  const log = Log.silent();
  const adapters = await createAdapters(config, nowhere, new PublicUrl('http://127.0.0.1:3000'), log);
  return createApp(config, log, adapters, new Shutdown());
}
