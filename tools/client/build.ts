// Builds the client: types from docs/openapi.json into client/src/schema.ts, then client/dist/ as npm publishes it. With `--out` it builds
// into another folder, from the types as they are.
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build, type BuildOptions } from 'esbuild';
import { root } from '../build.ts';
import { packageText, schemaText } from './schema.ts';

const folder = join(root, 'client');

const common: BuildOptions = {
  absWorkingDir: folder,
  entryPoints: ['src/index.ts'],
  bundle: true,
  format: 'esm',
  target: ['es2022'],
  logLevel: 'warning',
};

/** Bundles the client into the folder `out`: `index.js` for bundlers and Node, `browser.js` with openapi-fetch, minified, for a page. */
async function bundleClient(out: string): Promise<void> {
  await Promise.all([
    build({ ...common, outfile: join(out, 'index.js'), packages: 'external', platform: 'neutral' }),
    build({ ...common, outfile: join(out, 'browser.js'), minify: true, platform: 'browser' }),
  ]);
}

/** Writes the folder `out` anew: the bundles and the types. */
export async function buildClient(out: string): Promise<void> {
  await rm(out, { recursive: true, force: true });
  const tsc = join(root, 'node_modules/@typescript/native/bin/tsc');
  const declarations = promisify(execFile)(process.execPath, [tsc, '-p', folder, '--outDir', out]);
  await Promise.all([bundleClient(out), declarations]);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  if (values.out === undefined) {
    await writeFile(join(folder, 'src/schema.ts'), await schemaText());
    await writeFile(join(folder, 'package.json'), await packageText());
  }
  const out = values.out ?? join(folder, 'dist');
  await buildClient(out);
  process.stdout.write(`built the client into ${out}\n`);
}
