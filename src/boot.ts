import { ConfigurationError, loadConfig } from '../config/load-config.js';
import type { Config } from '../config/config.js';
import { StartTrace } from './start-trace.js';

// The configuration is judged before anything else is even loaded: a refused boot takes well under a second.
let config: Config | null = null;
const trace = new StartTrace();
trace.add('Node, and the modules of the configuration', 0);
try {
  const from = performance.now();
  config = loadConfig();
  trace.add('configuration', from);
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.report()}\n`);
  process.exitCode = 1;
}

if (config !== null) {
  const { serve } = await trace.span('modules of the start', () => import('./serve.js'));
  await serve(config, trace);
}
