import { loadConfig } from '../../config/load-config.js';
import { siemKeyOf } from '../adapters/siem/https-siem.js';
import { runCommand } from './command.js';

// Prints the secret key with which the SIEM verifies the signatures of exported events.
await runCommand({ usage: 'usage: npm run security:siem-key' }, () => {
  process.stdout.write(`${siemKeyOf(loadConfig().webhookGatewaySecret.current)}\n`);
  return 0;
});
