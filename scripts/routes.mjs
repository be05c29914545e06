// Writes docs/routes.md from the code.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a command of src/cli/ prints, run in a process of its own on throw-away settings. */
export async function printed(command, ...args) {
  await build();
  const home = await mkdtemp(join(tmpdir(), 'velro-cli-'));
  try {
    const env = { PATH: process.env.PATH ?? '', ENVIRONMENT: 'test', VELRO_HOME: home };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(root, `dist/src/cli/${command}.js`), ...args],
      { cwd: home, env, maxBuffer: 16 << 20 },
    );
    return stdout;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

export const routesPage = async () => {
  const { format } = await import('prettier');
  return format(await printed('routes'), { parser: 'markdown', printWidth: 110 });
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(join(root, 'docs/routes.md'), await routesPage());
  process.stdout.write('wrote docs/routes.md\n');
}
