import { loadConfig } from '../../config/load-config.js';
import { Secret } from '../../config/values/secret.js';
import { createAdapters } from '../adapters/adapters.js';
import { createApp } from '../create-app.js';
import { describeApi } from '../api-description.js';
import { Log } from '../observability/log.js';
import { PublicUrl } from '../ports/public-url.js';

// Prints the API description. The application is put together and never opened: no service is needed.
const config = loadConfig();
const nowhere = {
  databaseUrl: new Secret('postgres://nobody@127.0.0.1:1/none'),
  supabase: { url: 'http://127.0.0.1:1', publishableKey: new Secret('none'), secretKey: new Secret('none') },
};
const log = Log.silent();
const adapters = createAdapters(config, nowhere, new PublicUrl('http://127.0.0.1:3000'), log);
const app = await createApp(config, log, adapters);
process.stdout.write(`${JSON.stringify(describeApi(app), null, 2)}\n`);
