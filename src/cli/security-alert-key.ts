import { loadConfig } from '../../config/load-config.js';
import { alertKeyOf } from '../adapters/webhook/alert-webhook.js';
import { runCommand } from './command.js';

// Prints the secret key with which the receiver of alert webhooks verifies their signatures.
await runCommand({ usage: 'usage: npm run security:alert-key' }, () => {
  process.stdout.write(`${alertKeyOf(loadConfig().webhookGatewaySecret.current)}\n`);
  return 0;
});
