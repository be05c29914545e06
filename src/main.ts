import { setFlagsFromString } from 'node:v8';
import { ConfigurationError, loadConfig } from '../config/load-config.js';
import type { Config } from '../config/config.js';

// Once a burst of tokens is verified, V8 takes what every request allocates for long-lived and puts it where collecting is
// dear: the service then answers half as many requests a second, for good (`npm run bench` would show it).
setFlagsFromString('--no-allocation-site-pretenuring');

// The configuration is judged before anything else is even loaded: a refused boot takes well under a second.
let config: Config | null = null;
try {
  config = loadConfig();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.report()}\n`);
  process.exitCode = 1;
}

if (config !== null) {
  const { serve } = await import('./serve.js');
  await serve(config);
}
