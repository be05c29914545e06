import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Line } from '../database/database-line.js';
import { appUrl } from '../database/database.js';
import { Service } from './service.js';

/** One more instance at the database of `first`, over a line that can be cut. */
export async function startBeside(
  first: Service,
  env: Readonly<Record<string, string>>,
  home: string,
): Promise<{ readonly service: Service; readonly line: Line }> {
  const url = new URL(appUrl(first.home));
  const line = await Line.to(Number(url.port));
  url.port = String(line.port);
  const secrets = JSON.parse(readFileSync(join(first.home, 'secrets.json'), 'utf8')) as {
    JWT_SECRET: string;
  };
  const own = { ...env, JWT_SECRET: secrets.JWT_SECRET, DATABASE_URL: url.href };
  return { service: await Service.start(own, home), line };
}
