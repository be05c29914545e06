// Writes docs/openapi.json from the code, and before it the errors of each route, which it lists.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../build.ts';
import { printed } from './printed.ts';
import { tracedProblemsAreCurrent } from './problems/traced-problems.ts';

/** The API description as text. */
export const describeApi = (): Promise<string> => printed('openapi');

if (import.meta.main) {
  await tracedProblemsAreCurrent({ write: true });
  await writeFile(join(root, 'docs/openapi.json'), await describeApi());
  process.stdout.write('wrote docs/openapi.json\n');
}
