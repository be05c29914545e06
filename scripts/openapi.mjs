// Writes docs/openapi.json from the code.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The API description as text, made in a process of its own on throw-away settings. */
export async function describeApi() {
  await build();
  const home = await mkdtemp(join(tmpdir(), 'velro-openapi-'));
  try {
    const env = { PATH: process.env.PATH ?? '', ENVIRONMENT: 'test', VELRO_HOME: home };
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'dist/src/cli/openapi.js')], {
      cwd: home,
      env,
      maxBuffer: 16 << 20,
    });
    return stdout;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(join(root, 'docs/openapi.json'), await describeApi());
  process.stdout.write('wrote docs/openapi.json\n');
}
