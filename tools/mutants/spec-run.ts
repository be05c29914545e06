import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkout } from './checkout.ts';

export type SpecResult =
  { readonly passed: true } | { readonly passed: false; readonly firstFailure: string };

/** The used part of the report that Jest writes with `--json`. */
interface JestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Milliseconds after which the tests of a mutant take what they wait for as not coming. */
const mutatedHungAfterMs = 20_000;

/** Of one spec. A mutant may well make it wait for what never comes; a test that has no end within this time is a failed one. */
const endWithinMs = 420_000;

/** Error text of the test support. A service that does not start fails every test, so that no mutant counts as killed by it. */
const startFailure = 'the service did not start';

/** What of the specs is run, and on what. */
export interface SpecRun {
  readonly specs: readonly string[];
  /** Parts of the titles of tests, of which one must occur; none: all tests. */
  readonly tests: readonly string[];
  /** The specs start what is built, which is bundled first. */
  readonly areBuilt: boolean;
  /** What they wait for is expected not to come, and given up sooner. */
  readonly isMutated: boolean;
}

/**
 * Runs the specs in sequence until one fails.
 * @throws Error when a spec runs no test or its service does not start
 */
export async function runSpecs(checkout: Checkout, run: SpecRun): Promise<SpecResult> {
  for (const spec of run.specs) {
    const result = await runSpec(checkout, spec, run);
    if (!result.passed) return result;
  }
  return { passed: true };
}

async function runSpec(checkout: Checkout, spec: string, run: SpecRun): Promise<SpecResult> {
  if (!existsSync(join(checkout.folder, spec))) throw new Error(`there is no ${spec}`);
  const file = join(checkout.folder, 'jest-report.json');
  rmSync(file, { force: true });
  const pattern = run.tests.map((test) => test.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const chosen = pattern === '' ? [] : ['--testNamePattern', pattern];
  const variables = {
    ...checkout.variables,
    ...(run.areBuilt ? {} : { VELRO_TEST_BUNDLE: 'false' }),
    ...(run.isMutated ? { VELRO_TEST_HUNG_AFTER_MS: String(mutatedHungAfterMs) } : {}),
  };
  const output = await runTests(checkout, variables, [spec, ...chosen, '--json', `--outputFile=${file}`]);
  if (output === null) return { passed: false, firstFailure: `no end within ${endWithinMs / 1000} s` };
  if (!existsSync(file)) throw new Error(`the tests did not run:\n${output}`);
  return verdict(JSON.parse(readFileSync(file, 'utf8')) as JestReport);
}

function verdict({ testResults, numPassedTests }: JestReport): SpecResult {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.find(({ status }) => status === 'failed');
  if (failed !== undefined) {
    const messages = failed.failureMessages.join('\n');
    if (messages.includes(startFailure)) throw new Error(`the service does not start with it:\n${messages}`);
    return { passed: false, firstFailure: failed.fullName };
  }
  if (numPassedTests === 0)
    throw new Error(`no test ran:\n${testResults.map(({ message }) => message).join('\n')}`);
  return { passed: true };
}

const running = new Set<ChildProcess>();

/** Sends SIGTERM to the process groups of the running tests. */
export function stopSpecs(): void {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGTERM');
}

/** What it printed; null when it did not end in time. Without npm, which takes half a second to run the same. */
function runTests(
  { folder }: Checkout,
  variables: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let output = '';
    let isLate = false;
    const child = spawn(process.execPath, [join('tools', 'test', 'run.ts'), ...args], {
      cwd: folder,
      detached: true,
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const late = setTimeout(() => {
      isLate = true;
      child.kill('SIGTERM');
    }, endWithinMs);
    child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (output += part));
    child.once('error', reject).once('close', () => {
      clearTimeout(late);
      running.delete(child);
      resolve(isLate ? null : output);
    });
  });
}
