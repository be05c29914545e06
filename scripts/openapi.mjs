// Writes docs/openapi.json from the code.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printed } from './routes.mjs';

/** The API description as text. */
export const describeApi = () => printed('openapi');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(
    join(fileURLToPath(new URL('..', import.meta.url)), 'docs/openapi.json'),
    await describeApi(),
  );
  process.stdout.write('wrote docs/openapi.json\n');
}
