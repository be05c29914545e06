import type { Config } from '../../../config/config.js';
import type { Clock } from '../../ports/clock.js';
import type { SiemReceiver } from '../../ports/delivery/siem-receiver.js';
import { HttpsSiem } from './https-siem.js';
import { NoSiem } from './no-siem.js';
import { SyslogSiem } from './syslog-siem.js';

/** The receiver that SIEM_URL names. */
export function createSiem(
  { siemUrl, server, webhookGatewaySecret }: Pick<Config, 'siemUrl' | 'server' | 'webhookGatewaySecret'>,
  clock: Clock,
): SiemReceiver {
  if (siemUrl === null) return new NoSiem();
  const url = new URL(siemUrl.reveal());
  if (url.protocol !== 'syslog+tls:') return new HttpsSiem(url, webhookGatewaySecret, clock);
  return new SyslogSiem(url, { host: server.publicUrl === null ? null : new URL(server.publicUrl).hostname });
}
