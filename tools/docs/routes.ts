// Writes docs/routes.md from the code.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { root } from '../build.ts';
import { printed } from './printed.ts';

export const routesPage = async (): Promise<string> =>
  format(await printed('routes'), { parser: 'markdown', printWidth: 110 });

if (import.meta.main) {
  await writeFile(join(root, 'docs/routes.md'), await routesPage());
  process.stdout.write('wrote docs/routes.md\n');
}
