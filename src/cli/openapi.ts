import { runCommand } from './command.js';
import { describeApi } from '../api-description.js';
import { unopenedApp } from './unopened-app.js';

// Prints the API description.
await runCommand({ usage: 'usage: node dist/src/cli/openapi.js' }, async () => {
  process.stdout.write(`${JSON.stringify(describeApi(await unopenedApp()), null, 2)}\n`);
  return 0;
});
