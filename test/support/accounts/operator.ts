import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '../process/service.js';

export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** The header of the operator whose password the service made for itself. */
export function operatorOf(service: Service): { authorization: string } {
  const file = readFileSync(join(service.home, 'secrets.json'), 'utf8');
  const { ADMIN_PASS: password } = JSON.parse(file) as { ADMIN_PASS: string };
  return { authorization: basic('operator', password) };
}

/** The value of a series in the text of /metrics; undefined when there is none. */
export function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}
