// Compiles config/ and src/ into dist/ with swc, file by file. A file is compiled again only when its source is newer,
// so that a second `npm start` pays nothing. Types are checked by `npm run types`, not here.
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'dist');
const rooms = ['config', 'painter', 'src'];

async function* filesBelow(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

const modified = async (path) => (await stat(path).catch(() => null))?.mtimeMs ?? 0;

/** Brings dist/ up to date. Returns how many files were compiled. */
export async function build({ clean = false } = {}) {
  if (clean) await rm(out, { recursive: true, force: true });
  const settings = Math.max(
    await modified(join(root, '.swcrc')),
    await modified(join(root, 'package-lock.json')),
  );
  const wanted = new Set();
  const stale = [];
  for (const room of rooms) {
    for await (const source of filesBelow(join(root, room))) {
      if (!source.endsWith('.ts') || source.endsWith('.spec.ts')) continue;
      const target = join(out, relative(root, source)).replace(/\.ts$/, '.js');
      wanted.add(target);
      if ((await modified(target)) <= Math.max(await modified(source), settings))
        stale.push([source, target]);
    }
  }
  for (const room of rooms) {
    // What has no source any more would otherwise still be loaded.
    const folder = join(out, room);
    if (!(await stat(folder).catch(() => null))) continue;
    for await (const file of filesBelow(folder)) {
      if (file.endsWith('.js') && !wanted.has(file)) await rm(file);
    }
  }
  if (stale.length === 0) return 0;
  const { transform } = await import('@swc/core');
  const options = JSON.parse(await readFile(join(root, '.swcrc'), 'utf8'));
  delete options.$schema;
  await Promise.all(
    stale.map(async ([source, target]) => {
      const text = await readFile(source, 'utf8');
      const { code, map } = await transform(text, { ...options, filename: source, swcrc: false });
      await mkdir(dirname(target), { recursive: true });
      await writeFile(`${target}.map`, map);
      await writeFile(
        target,
        `${code}\n//# sourceMappingURL=${target.slice(target.lastIndexOf('/') + 1)}.map\n`,
      );
    }),
  );
  return stale.length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const count = await build({ clean: process.argv.includes('--clean') });
  process.stdout.write(`built ${count} files into dist/\n`);
}
