/** Why a variable is refused, and how to fix it. Neither sentence contains a value. */
export interface Fault {
  readonly variable: string;
  readonly reason: string;
  readonly hint: string;
}

/** Collects the faults of an environment, so that one boot reports all of them. */
export class ValidationResult {
  readonly faults: Fault[] = [];
  readonly warnings: string[] = [];
  readonly #closed = new Set<string>();

  /** `reason` has no full stop at its end, `hint` is a sentence. */
  refuse(variable: string, reason: string, hint: string): void {
    if (this.#closed.has(variable)) return;
    if (this.faults.some((fault) => fault.variable === variable && fault.reason === reason)) return;
    this.faults.push({ variable, reason, hint });
  }

  warn(sentence: string): void {
    if (!this.warnings.includes(sentence)) this.warnings.push(sentence);
  }

  /**
   * From now on, further faults of a refused variable are ignored: a malformed one must not be reported as missing too.
   */
  closeRefused(): void {
    for (const { variable } of this.faults) this.#closed.add(variable);
  }

  /** Further faults of a variable are ignored, because the place that sets it is refused already. */
  setAside(variable: string): void {
    this.#closed.add(variable);
  }

  /** Whether the value of a variable is unknown because it, or the place that sets it, is refused. */
  isUnreadable(variable: string): boolean {
    return this.#closed.has(variable) || this.faults.some((fault) => fault.variable === variable);
  }
}
