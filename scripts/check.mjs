// Quick judgement without any service: format, lint, types, migrations, OpenAPI drift. Every step runs; any may fail it.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from './build.mjs';
import { errorsPage } from './errors.mjs';
import { describeApi } from './openapi.mjs';
import { routesPage } from './routes.mjs';
import { schemaIsCurrent } from './schema.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (file, ...args) =>
  promisify(execFile)(process.execPath, [`${root}/node_modules/${file}`, ...args], {
    cwd: root,
    maxBuffer: 64 << 20,
  });

const steps = {
  format: () => run('prettier/bin/prettier.cjs', '--check', '.', '--log-level', 'warn'),
  lint: () => run('eslint/bin/eslint.js', '.', '--max-warnings', '0'),
  types: () => run('@typescript/native/bin/tsc', '-p', 'tsconfig.json', '--noEmit'),
  'migrations (order, row level security, table types)': async () => {
    if (!(await schemaIsCurrent({ write: false })))
      throw new Error('src/database/schema.ts differs from the migrations: npm run schema');
  },
  'role matrix': async () => {
    const committed = await readFile(`${root}/docs/routes.md`, 'utf8').catch(() => '');
    if ((await routesPage()) !== committed)
      throw new Error('docs/routes.md differs from the code: npm run routes');
  },
  'error catalogue': async () => {
    const committed = await readFile(`${root}/docs/errors.md`, 'utf8').catch(() => '');
    if ((await errorsPage()) !== committed)
      throw new Error('docs/errors.md differs from the code: npm run errors');
  },
  'API description': async () => {
    const committed = await readFile(`${root}/docs/openapi.json`, 'utf8').catch(() => '');
    if ((await describeApi()) !== committed)
      throw new Error('docs/openapi.json differs from the code: npm run openapi');
  },
};

await build();
let failed = 0;
for (const [name, step] of Object.entries(steps)) {
  try {
    await step();
    process.stdout.write(`ok    ${name}\n`);
  } catch (error) {
    failed++;
    process.stdout.write(
      `FAIL  ${name}\n${[error.stdout, error.stderr, error.stdout || error.stderr ? '' : error.message].filter(Boolean).join('\n')}\n`,
    );
  }
}
process.exitCode = failed === 0 ? 0 : 1;
