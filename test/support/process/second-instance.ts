import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Line } from '../database/database-line.js';
import { appUrl } from '../database/database.js';
import { Service } from './service.js';

/**
 * One more instance at the database of `first`, which starts no database and no identity provider of its own. There is none
 * where it looks for one: people sign in at the first.
 */
export function startSecond(
  first: Service,
  env: Readonly<Record<string, string>> = {},
  home = mkdtempSync(join(tmpdir(), 'velro-test-')),
): Promise<Service> {
  // All instances of a service have the same secrets.
  copyFileSync(join(first.home, 'secrets.json'), join(home, 'secrets.json'));
  const beside = {
    DATABASE_URL: appUrl(first.home),
    // Nobody listens at the port of `discard`.
    SUPABASE_URL: 'http://127.0.0.1:9',
    SUPABASE_PUBLISHABLE_KEY: `sb_publishable_${'a'.repeat(32)}`,
    SUPABASE_SECRET_KEY: `sb_secret_${'b'.repeat(32)}`,
  };
  return Service.start({ ...beside, ...env }, home);
}

/** The same over a line that can be cut. */
export async function startBeside(
  first: Service,
  env: Readonly<Record<string, string>> = {},
  home?: string,
): Promise<{ readonly service: Service; readonly line: Line }> {
  const url = new URL(appUrl(first.home));
  const line = await Line.to(Number(url.port));
  url.port = String(line.port);
  return { service: await startSecond(first, { ...env, DATABASE_URL: url.href }, home), line };
}
