import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidationResult } from '../values/validation-result.js';

/**
 * Refuses a home that has a database but not the secrets that were generated with it. With new ones nobody could sign in,
 * because passwords are kept as hashes under the old pepper.
 */
export function validateKeptSecrets(home: string, result: ValidationResult): void {
  if (existsSync(join(home, 'secrets.json')) || !hasDatabase(home)) return;
  result.refuse(
    'VELRO_HOME',
    'has a database, and its secrets.json is gone, without which nobody could sign in',
    'Restore that file from a backup; to begin anew without the data, name another folder.',
  );
}

/** The embedded database lies in the folder, or where a note in it says. */
function hasDatabase(home: string): boolean {
  const note = join(home, 'postgres-place');
  const cluster = existsSync(note) ? readFileSync(note, 'utf8').trim() : join(home, 'postgres');
  return existsSync(join(cluster, 'data', 'PG_VERSION'));
}
