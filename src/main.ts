import { ConfigurationError, loadConfig } from '../config/load-config.js';
import type { Config } from '../config/config.js';

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
