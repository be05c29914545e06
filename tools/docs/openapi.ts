// Writes docs/openapi.json from the code.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../build.ts';
import { printed } from './printed.ts';

/** The API description as text. */
export const describeApi = (): Promise<string> => printed('openapi');

if (import.meta.main) {
  await writeFile(join(root, 'docs/openapi.json'), await describeApi());
  process.stdout.write('wrote docs/openapi.json\n');
}
