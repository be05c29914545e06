import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../../crypto/hash.js';

const inProject = ['supabase', 'migrations'];

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

/** In the nearest folder above this module that has it: the module may be in src/, in dist/src/ or in the bundle. */
function migrationsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, ...inProject))) {
    if (dirname(folder) === folder) throw new Error(`no ${join(...inProject)} above ${import.meta.url}`);
    folder = dirname(folder);
  }
  return join(folder, ...inProject);
}
