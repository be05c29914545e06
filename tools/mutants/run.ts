// npm run test:mutants [-- --quick] [-- --only <text>] [-- --part <number>/<count>] [-- --workers <count>]
// Applies each mutant to a copy of the checkout and runs the specs that must detect it. Exit code 1 when a mutant survives,
// when its search text is not found exactly once, when a spec fails without any mutant, or when no mutant was killed.
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Checkout } from './checkout.ts';
import { BuiltSpecs } from './built-specs.ts';
import { mutants } from './mutants.ts';
import type { Mutant } from './mutant.ts';
import { groupsOf, matching, partOf, quickPolicy, quickShare } from './selection.ts';
import { stopSpecs } from './spec-run.ts';
import { MutantGroup } from './group.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    part: { type: 'string', default: '1/1' },
    workers: { type: 'string', default: String(Math.max(1, Math.floor(availableParallelism() / 2))) },
  },
});
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const counts = { killed: 0, survived: 0, broken: 0 };
const started = performance.now();
const isOver = (): boolean => options.quick && performance.now() - started > quickPolicy.startWithinMs;

const built = new BuiltSpecs(root);
const needsBuild = ({ specs }: Mutant): boolean => specs.some((spec) => built.has(spec));

function chosen(): readonly Mutant[] {
  const wanted = partOf(matching(mutants, options.only), options.part);
  if (!options.quick) return wanted;
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
  return quickShare(
    wanted.filter((mutant) => !needsBuild(mutant)),
    commit,
  );
}

/** Prints what became of one mutant. */
async function judge(mutant: Mutant, group: MutantGroup): Promise<void> {
  const began = performance.now();
  const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
  try {
    const test = await group.noticedBy(mutant);
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

/** Takes groups until none is left. */
async function work(groups: (readonly Mutant[])[], checkout: Checkout): Promise<void> {
  for (let list = groups.shift(); list !== undefined; list = groups.shift()) {
    const group = new MutantGroup(checkout, list, list.some(needsBuild));
    for (const mutant of list) {
      if (isOver()) return;
      await judge(mutant, group);
    }
  }
}

// Those that need no build come first: most faults are found in the first minutes.
const byBuild = Map.groupBy(chosen(), needsBuild);
const groups = [false, true].flatMap((isBuilt) => groupsOf(byBuild.get(isBuilt) ?? []));
const checkouts = Array.from(
  { length: Math.min(Number(options.workers), groups.length) },
  () => new Checkout(root),
);
const removeAll = (): void => {
  for (const checkout of checkouts) checkout.remove();
};
process.once('exit', removeAll);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    stopSpecs();
    removeAll();
    process.kill(process.pid, signal);
  });
for (const checkout of checkouts) {
  checkout.build();
  checkout.prepareTemplate();
}
await Promise.all(checkouts.map((checkout) => work(groups, checkout)));
if (isOver()) say('the time limit of --quick was reached: mutants that are not listed were skipped');
say(
  `${counts.killed} killed, ${counts.survived} survived${counts.broken === 0 ? '' : `, ${counts.broken} broken`}`,
);
process.exitCode = counts.survived + counts.broken === 0 && counts.killed > 0 ? 0 : 1;
