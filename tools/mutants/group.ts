import type { Checkout } from './checkout.ts';
import { mutate, type Mutant } from './mutant.ts';
import { runSpecs } from './spec-run.ts';

/** Mutants of the same specs, which are run once without any of them: a spec that always fails would seem to kill every mutant. */
export class MutantGroup {
  private readonly checkout: Checkout;
  private readonly specs: readonly string[];
  private readonly areBuilt: boolean;
  /** Those that any of the mutants is to fail; none: all. */
  private readonly tests: readonly string[];
  private baseline: Promise<void> | null = null;

  /** `areBuilt`: their specs run what is built (built-specs.ts). */
  constructor(checkout: Checkout, mutants: readonly Mutant[], areBuilt: boolean) {
    this.checkout = checkout;
    this.specs = mutants[0]?.specs ?? [];
    this.areBuilt = areBuilt;
    const tests = mutants.map(({ test }) => test);
    this.tests = tests.every((test) => test !== undefined) ? [...new Set(tests)] : [];
  }

  /** The title of the first failed test; null when none fails. @throws Error when the mutant cannot be applied, built or tested */
  async noticedBy(mutant: Mutant): Promise<string | null> {
    const original = this.checkout.read(mutant.file);
    const changed = mutate(original, mutant);
    await (this.baseline ??= this.pass());
    try {
      this.checkout.write(mutant.file, changed);
      const result = await this.run(mutant.test === undefined ? [] : [mutant.test], true);
      return result.passed ? null : result.firstFailure;
    } finally {
      this.checkout.write(mutant.file, original);
    }
  }

  private async pass(): Promise<void> {
    const result = await this.run(this.tests, false);
    if (!result.passed) throw new Error(`its specs fail without it: ${result.firstFailure}`);
  }

  private run(tests: readonly string[], isMutated: boolean): ReturnType<typeof runSpecs> {
    const { specs, areBuilt } = this;
    if (areBuilt) this.checkout.build();
    return runSpecs(this.checkout, { specs, tests, areBuilt, isMutated });
  }
}
