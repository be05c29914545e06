// Compiles config/, painter/, src/ and the client into dist/ with swc, file by file. A file is compiled again only when its source is
// newer, so that a second `npm start` compiles nothing. Types are checked by `npm run types`, not here.
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Options } from '@swc/core';
import { writeScalar } from './scalar.ts';

/** Absolute path of the project. */
export const root = join(import.meta.dirname, '..');
const out = join(root, 'dist');
const folders = ['client/src', 'config', 'painter', 'src'];

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

const modified = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.mtimeMs ?? 0;
const exists = async (path: string): Promise<boolean> => (await modified(path)) > 0;

interface Compilation {
  readonly source: string;
  readonly target: string;
}

/** Every source file and its output path in dist/. A missing folder is skipped: the image is built without painter/ and client/. */
async function compilations(): Promise<Compilation[]> {
  const found: Compilation[] = [];
  for (const folder of folders) {
    if (!(await exists(join(root, folder)))) continue;
    for await (const source of filesBelow(join(root, folder))) {
      if (!source.endsWith('.ts') || source.endsWith('.spec.ts')) continue;
      found.push({ source, target: join(out, relative(root, source)).replace(/\.ts$/, '.js') });
    }
  }
  return found;
}

/** Deletes outputs whose source file no longer exists. */
async function removeOrphans(wanted: ReadonlySet<string>): Promise<void> {
  for (const folder of folders) {
    if (!(await exists(join(out, folder)))) continue;
    for await (const file of filesBelow(join(out, folder))) {
      if (file.endsWith('.js') && !wanted.has(file)) await rm(file);
    }
  }
}

async function compile(stale: readonly Compilation[]): Promise<void> {
  const { transform } = await import('@swc/core');
  const settings = JSON.parse(await readFile(join(root, '.swcrc'), 'utf8')) as Options & { $schema?: string };
  delete settings.$schema;
  await Promise.all(
    stale.map(async ({ source, target }) => {
      const text = await readFile(source, 'utf8');
      const { code, map } = await transform(text, { ...settings, filename: source, swcrc: false });
      const name = target.slice(target.lastIndexOf('/') + 1);
      await mkdir(dirname(target), { recursive: true });
      await replaceFile(`${target}.map`, map ?? '');
      await replaceFile(target, `${code}\n//# sourceMappingURL=${name}.map\n`);
    }),
  );
}

/** Atomic write: a process that starts during a build loads no partly written file. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, path);
}

/** Compiles changed files into dist/, or all with `clean`. Returns the number of compiled files. */
export async function build({ clean = false } = {}): Promise<number> {
  if (clean) await rm(out, { recursive: true, force: true });
  const packages = await modified(join(root, 'package-lock.json'));
  const settings = Math.max(await modified(join(root, '.swcrc')), packages);
  const all = await compilations();
  const stale: Compilation[] = [];
  for (const one of all) {
    if ((await modified(one.target)) <= Math.max(await modified(one.source), settings)) stale.push(one);
  }
  await removeOrphans(new Set(all.map(({ target }) => target)));
  if (stale.length > 0) await compile(stale);
  await writeScalar(
    join(out, 'src/api-reference/browser/scalar.js.gz'),
    Math.max(packages, await modified(join(root, 'tools/scalar.ts'))),
  );
  return stale.length;
}

if (import.meta.main) {
  const count = await build({ clean: process.argv.includes('--clean') });
  process.stdout.write(`built ${count} files into dist/\n`);
}
