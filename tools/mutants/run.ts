// npm run test:mutants [-- --quick] [-- --only <text>] [-- --part <number>/<count>]
// Applies each mutant to a copy of the checkout and runs the specs that must detect it. Exit code 1 when a mutant survives,
// when its search text is not found exactly once, when a spec fails without any mutant, or when no mutant was killed.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Checkout } from './checkout.ts';
import { mutants } from './mutants.ts';
import { mutate, type Mutant } from './mutant.ts';
import { matching, partOf, quickPolicy, quickShare } from './selection.ts';
import { runSpecs, stopSpecs } from './spec-run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    part: { type: 'string', default: '1/1' },
  },
});
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Runs each set of specs once without a mutant, because a spec that always fails would seem to kill every mutant. */
class Baseline {
  private readonly good = new Set<string>();

  async require(checkout: Checkout, specs: readonly string[]): Promise<void> {
    const name = specs.join(' ');
    if (this.good.has(name)) return;
    const result = await runSpecs(checkout, specs);
    if (!result.passed) throw new Error(`its specs fail without it: ${result.firstFailure}`);
    this.good.add(name);
  }
}

function apply(checkout: Checkout, file: string, content: string): void {
  checkout.write(file, content);
  checkout.build();
  // The databases of the tests are copies of one that the migrations made.
  if (file.startsWith('supabase/migrations/')) checkout.prepareTemplate();
}

/** The title of the first failed test; null when none fails. @throws Error when the mutant cannot be applied, built or tested */
async function noticedBy(checkout: Checkout, mutant: Mutant, baseline: Baseline): Promise<string | null> {
  const original = checkout.read(mutant.file);
  const changed = mutate(original, mutant);
  await baseline.require(checkout, mutant.specs);
  try {
    apply(checkout, mutant.file, changed);
    const result = await runSpecs(checkout, mutant.specs, mutant.test, true);
    return result.passed ? null : result.firstFailure;
  } finally {
    apply(checkout, mutant.file, original);
  }
}

function chosen(): readonly Mutant[] {
  const wanted = partOf(matching(mutants, options.only), options.part);
  if (!options.quick) return wanted;
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
  return quickShare(wanted, commit);
}

async function run(list: readonly Mutant[], checkout: Checkout): Promise<void> {
  const baseline = new Baseline();
  const counts = { killed: 0, survived: 0, broken: 0 };
  const start = performance.now();
  checkout.build();
  checkout.prepareTemplate();
  for (const mutant of list) {
    if (options.quick && performance.now() - start > quickPolicy.startWithinMs) {
      say('the time limit of --quick is reached: the remaining mutants are skipped');
      break;
    }
    const began = performance.now();
    const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
    try {
      const test = await noticedBy(checkout, mutant, baseline);
      if (test === null) {
        counts.survived++;
        say(`SURVIVED  ${mutant.title} (${mutant.file}; ${mutant.specs.join(', ')}; ${seconds()})`);
      } else {
        counts.killed++;
        say(`killed    ${mutant.title} (by "${test}"; ${seconds()})`);
      }
    } catch (error) {
      counts.broken++;
      say(`BROKEN    ${mutant.title}: ${(error as Error).message}`);
    }
  }
  say(
    `${counts.killed} killed, ${counts.survived} survived${counts.broken === 0 ? '' : `, ${counts.broken} broken`}`,
  );
  process.exitCode = counts.survived + counts.broken === 0 && counts.killed > 0 ? 0 : 1;
}

const checkout = new Checkout(root);
process.once('exit', () => {
  checkout.remove();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    stopSpecs();
    checkout.remove();
    process.kill(process.pid, signal);
  });
await run(chosen(), checkout);
