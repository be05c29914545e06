import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepSecrets } from '../../../config/secrets/generated-secrets.js';
import { ValidationResult } from '../../../config/values/validation-result.js';

/** Whether a new VELRO_HOME has a cluster with every migration. */
export const isPrepared = (): boolean => process.env['VELRO_TEST_TEMPLATE'] !== undefined;

/** Where homes with a prepared database are made: in memory, where there is room (tools/test/memory-folder.ts). */
const parent = process.env['VELRO_TEST_HOMES'] ?? tmpdir();

/**
 * A new VELRO_HOME. Where the suite has prepared one, with its cluster and schema made: a start then takes half the time.
 * Owners and modes are kept, for the database asks for them. Tests of the first start make an empty folder themselves.
 */
export function templateHome(): string {
  const home = mkdtempSync(join(parent, 'velro-test-'));
  const template = process.env['VELRO_TEST_TEMPLATE'];
  if (template !== undefined) {
    // An empty text would name the root of the machine, and everything on it would be copied.
    if (!existsSync(join(template, 'postgres')) && !existsSync(join(template, 'postgres-place')))
      throw new Error('VELRO_TEST_TEMPLATE names no folder with a prepared database');
    execFileSync('cp', ['-a', `${template}/.`, home]);
    // A database without them is refused; each home has its own.
    keepSecrets(home, new ValidationResult());
  }
  return home;
}
