import type { Mail } from '../../../ports/delivery/mailer.js';
import type { SecurityAlert } from './alert-payload.js';

/** Longest value of a line. */
const valueCharacters = 200;

/** One line of printable ASCII, whatever stands in the row that it is read from: no value begins a line or a header. */
const printable = (value: string): string => value.replace(/[^\x20-\x7e]/g, '?').slice(0, valueCharacters);

/** The mail about an alert. No text of a client stands in it: a mail must not carry an attacker's words. */
export function alertMail({ timestamp, data }: SecurityAlert): Pick<Mail, 'subject' | 'text'> {
  const { budget = null, key = null, method = null, route = null } = data;
  const fields: readonly (readonly [string, string | null])[] = [
    ['Time', timestamp],
    ['Event', data.event],
    ['Level', data.level],
    ['What', data.text],
    ['Budget', budget === null ? null : `${budget.name} ${budget.period} at ${budget.share * 100} %`],
    ['Key', key],
    ['Attack', data.attack],
    ['Network address', data.source_ip],
    ['Account', data.user_id],
    ['Route', route === null ? null : `${method ?? ''} ${route}`.trim()],
    ['Request', data.request_id],
    ['Response', data.response],
    ['Not sent since the last alert of this kind', data.suppressed === 0 ? null : String(data.suppressed)],
    ['Environment', data.environment],
    ['Service', data.service],
  ];
  const lines = fields.flatMap(([name, value]) =>
    value === null || value === '' ? [] : [`${name}: ${printable(value)}`],
  );
  return {
    subject: printable(`[Velro ${data.environment}] ${data.level}: ${data.text}`),
    text: [
      ...lines,
      '',
      'docs/operations-guide.md of the service says what each event means and what to do.',
      '',
    ].join('\n'),
  };
}
