// Builds the client: types from docs/openapi.json into client/src/schema.ts, then client/dist/ as npm publishes it.
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
export async function bundleClient(out: string): Promise<void> {
  await Promise.all([
    build({ ...common, outfile: join(out, 'index.js'), packages: 'external', platform: 'neutral' }),
    build({ ...common, outfile: join(out, 'browser.js'), minify: true, platform: 'browser' }),
  ]);
}

/** Writes client/dist/ anew. */
export async function buildClient(): Promise<void> {
  const out = join(folder, 'dist');
  await rm(out, { recursive: true, force: true });
  const tsc = join(root, 'node_modules/@typescript/native/bin/tsc');
  await Promise.all([bundleClient(out), promisify(execFile)(process.execPath, [tsc, '-p', folder])]);
}

if (import.meta.main) {
  await writeFile(join(folder, 'src/schema.ts'), await schemaText());
  await writeFile(join(folder, 'package.json'), await packageText());
  await buildClient();
  process.stdout.write('wrote client/src/schema.ts and client/dist/\n');
}
