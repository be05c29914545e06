import { Line } from '../database/database-line.js';
import { appUrl } from '../database/database.js';
import { signingSecret } from '../tokens/forged-tokens.js';
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
  const own = { ...env, JWT_SECRET: signingSecret(first.home), DATABASE_URL: url.href };
  return { service: await Service.start(own, home), line };
}
