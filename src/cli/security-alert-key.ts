import { loadConfig } from '../../config/load-config.js';
import { alertKeyOf } from '../adapters/webhook/alert-webhook.js';
import { runCommand } from './command.js';

// What the receiver of alerts verifies their signatures with. It is a secret.
await runCommand({ usage: 'usage: npm run security:alert-key' }, () => {
  process.stdout.write(`${alertKeyOf(loadConfig().webhookGatewaySecret.current)}\n`);
  return 0;
});
