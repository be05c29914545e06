import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../../crypto/hash.js';

export interface Migration {
  readonly version: string;
  readonly name: string;
  readonly sql: string;
}

/** The migrations of `folder` in their order. The names follow the Supabase CLI: 14 digits, underscore, name. */
export function readMigrations(folder = migrationsFolder()): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const [, version, name] = /^(\d{14})_([a-z0-9_]+)\.sql$/.exec(file) ?? [];
      if (version === undefined || name === undefined) throw new Error(`not a migration's name: ${file}`);
      return { version, name, sql: readFileSync(join(folder, file), 'utf8') };
    });
}

/** The same for both ends of line, because git may write either. */
export const hashOf = ({ sql }: Migration): string => sha256(sql.replaceAll('\r\n', '\n')).toString('hex');

function migrationsFolder(): string {
  // Works from src/ and from dist/src/.
  const here = fileURLToPath(import.meta.url);
  const root = here.slice(0, here.lastIndexOf(join('src', 'adapters', 'postgres'))).replace(/dist[/\\]$/, '');
  return join(root, 'supabase', 'migrations');
}
