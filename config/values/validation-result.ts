/** Why a variable is refused and what mends it. Neither sentence ever repeats a value. */
export interface Fault {
  readonly variable: string;
  readonly reason: string;
  readonly hint: string;
}

/** Gathers what is wrong with an environment, so that one boot shows every fault at once. */
export class ValidationResult {
  readonly faults: Fault[] = [];
  readonly warnings: string[] = [];
  #closed: ReadonlySet<string> = new Set();

  /** `reason` has no full stop at its end, `hint` is a sentence. */
  refuse(variable: string, reason: string, hint: string): void {
    if (this.#closed.has(variable)) return;
    if (this.faults.some((fault) => fault.variable === variable && fault.reason === reason)) return;
    this.faults.push({ variable, reason, hint });
  }

  warn(sentence: string): void {
    if (!this.warnings.includes(sentence)) this.warnings.push(sentence);
  }

  /** From here on a variable that is already refused is left alone: malformed must not be called missing as well. */
  closeRefused(): void {
    this.#closed = new Set(this.faults.map((fault) => fault.variable));
  }
}
