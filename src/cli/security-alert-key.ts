import { ConfigurationError, loadConfig } from '../../config/load-config.js';
import { alertKeyOf } from '../adapters/webhook/alert-webhook.js';

// `npm run security:alert-key`: what the receiver of alerts verifies their signatures with. It is a secret.
try {
  process.stdout.write(`${alertKeyOf(loadConfig().webhookGatewaySecret.current)}\n`);
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.exitCode = 1;
  process.stderr.write(`${error.report()}\n`);
}
