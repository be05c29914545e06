import type { SiemRecord } from '../../ports/delivery/siem-receiver.js';

/** Log audit (RFC 5424, table 1). */
const facility = 13;
/** Table 2: critical, error, warning, informational. */
const severities: Readonly<Record<SiemRecord['level'], number>> = { CRITICAL: 2, HIGH: 3, MEDIUM: 4, LOW: 6 };

/** A header field: printable ASCII without blanks, or nil. */
const field = (text: string | null, limit: number): string => {
  const allowed = (text ?? '').replace(/[^\x21-\x7e]/g, '').slice(0, limit);
  return allowed === '' ? '-' : allowed;
};

/** JSON in ASCII, so that the message needs no byte-order mark and its characters are its bytes. */
const ascii = (json: string): string =>
  json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** One message of RFC 5424 without structured data, as a frame of RFC 5425: its length in octets, a blank, the message. */
export function syslogFrame(host: string | null, { name, level, at, instance, json }: SiemRecord): string {
  const priority = facility * 8 + severities[level];
  const message = `<${priority}>1 ${at.toISOString()} ${field(host, 255)} velro ${field(instance, 128)} ${field(name, 32)} - ${ascii(json)}`;
  return `${message.length} ${message}`;
}
