// Quick checks that need no running service. Every step runs, also after a failed one; exit code 1 when one fails. `--only <words>`
// runs the steps whose names contain one of the comma-separated words.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build, root } from './build.ts';
import { schemaIsCurrent } from './database/schema.ts';
import { compareDescription, printed } from './docs/compare/compare.ts';
import { compliancePage } from './docs/compliance.ts';
import { configurationPage } from './docs/configuration.ts';
import { errorsPage } from './docs/errors.ts';
import { policySections } from './docs/privacy-policy.ts';
import { processingRecord } from './docs/processing-record.ts';
import { describeApi } from './docs/openapi.ts';
import { tracedProblemsAreCurrent } from './docs/problems/traced-problems.ts';
import { routesPage } from './docs/routes.ts';
import { packageText, schemaText } from './client/schema.ts';
import { licencesPage } from './packages/licences.ts';
import { gates } from './gates/gates.ts';

/** Runs a program of node_modules. Rejects with its output when it fails. */
async function run(file: string, ...args: readonly string[]): Promise<void> {
  const options = { cwd: root, maxBuffer: 64 << 20 };
  await promisify(execFile)(process.execPath, [join(root, 'node_modules', file), ...args], options).catch(
    (error: unknown) => {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error([stdout, stderr].filter((text) => text !== '').join('\n') || String(error));
    },
  );
}

async function sameAs(file: string, text: string, command: string): Promise<void> {
  const committed = await readFile(join(root, file), 'utf8').catch(() => '');
  if (text !== committed) throw new Error(`${file} differs from the code: npm run ${command}`);
}

async function nothingFrom(gate: keyof typeof gates): Promise<void> {
  const faults = await gates[gate](root);
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

type Steps = Readonly<Record<string, () => Promise<void>>>;

/** Steps that run as child processes, one after the other. */
const programs: Steps = {
  format: () => run('prettier/bin/prettier.cjs', '--check', '.', '--log-level', 'warn'),
  lint: () => run('eslint/bin/eslint.js', '.', '--max-warnings', '0'),
  'unused exports and packages': () => run('knip/bin/knip.js', '--no-progress'),
};

/** Steps of this project, which run in parallel with the ones above. */
const own: Steps = {
  types: () => run('@typescript/native/bin/tsc', '-p', 'tsconfig.json', '--noEmit'),
  'types of the tools': () => run('@typescript/native/bin/tsc', '-p', 'tools', '--noEmit'),
  'types of the pages': () =>
    run('@typescript/native/bin/tsc', '-p', 'src/api-reference/browser', '--noEmit'),
  'imports between folders': () => nothingFrom('imports'),
  sizes: () => nothingFrom('sizes'),
  'unread settings, metrics, events and limits': () => nothingFrom('unread'),
  documents: () => nothingFrom('documents'),
  'migrations (indexes, drops, renames)': () => nothingFrom('migrations'),
  'migrations (order, row level security, table types)': async () => {
    if (!(await schemaIsCurrent({ write: false })))
      throw new Error('src/database/schema.ts differs from the migrations: npm run schema');
  },
  'role matrix': async () => sameAs('docs/routes.md', await routesPage(), 'routes'),
  'record of processing': async () =>
    sameAs('docs/processing-record.md', await processingRecord(), 'processing-record'),
  'privacy policy': async () => {
    const { policyVersions } = await import('#dist/src/features/consents/policy/policy-versions.js');
    if (JSON.stringify(policyVersions[0].sections) !== JSON.stringify(await policySections()))
      throw new Error(
        'the privacy policy would read differently today: npm run privacy-policy makes a new version',
      );
  },
  'error catalogue': async () => sameAs('docs/errors.md', await errorsPage(), 'errors'),
  'variables of the environment': async () =>
    sameAs('docs/configuration.md', await configurationPage(), 'configuration'),
  compliance: async () => sameAs('docs/compliance.md', await compliancePage(), 'compliance'),
  licences: async () => sameAs('docs/licences.md', await licencesPage(root), 'licences'),
  'errors of routes': async () => {
    if (!(await tracedProblemsAreCurrent({ write: false })))
      throw new Error('src/api-description/traced-problems.ts differs from the calls: npm run openapi');
  },
  'API description': async () => sameAs('docs/openapi.json', await describeApi(), 'openapi'),
  'clients of the released API description': async () => {
    const faults = (await compareDescription()) ?? [];
    if (faults.length > 0) throw new Error(faults.map(printed).join('\n'));
  },
  'types of the client': async () => {
    await sameAs('client/src/schema.ts', await schemaText(), 'client');
    await sameAs('client/package.json', await packageText(), 'client');
  },
};

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const words = values.only?.split(',');
const isAsked = (name: string): boolean => words?.some((word) => name.includes(word)) ?? true;

async function runAll(steps: Steps): Promise<void> {
  for (const [name, step] of Object.entries(steps).filter(([one]) => isAsked(one))) {
    try {
      await step();
      process.stdout.write(`ok    ${name}\n`);
    } catch (error) {
      process.exitCode = 1;
      process.stdout.write(`FAIL  ${name}\n${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

await build();
await Promise.all([runAll(programs), runAll(own)]);
