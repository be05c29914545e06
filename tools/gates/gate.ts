/** A violation of a rule. */
export interface Fault {
  readonly rule: string;
  /** File, folder or name; `a → b` where one imports the other. */
  readonly where: string;
  readonly text: string;
  /** The measured value, for rules with a limit. */
  readonly size?: number;
}

/** An accepted fault. */
export interface Exception {
  readonly rule: string;
  readonly where: string;
  readonly reason: string;
  /** Maximum of `size`. Default 0. */
  readonly upTo?: number;
}

const covers = (exception: Exception, fault: Fault): boolean =>
  exception.rule === fault.rule &&
  exception.where === fault.where &&
  (fault.size ?? 0) <= (exception.upTo ?? 0);

/** One line for each fault without an exception, and for each exception without a fault. */
export function judge(faults: readonly Fault[], exceptions: readonly Exception[]): string[] {
  return [
    ...faults
      .filter((fault) => !exceptions.some((exception) => covers(exception, fault)))
      .map(({ rule, where, text }) => `${where}: ${text} (${rule})`),
    ...exceptions
      .filter(({ rule, where }) => !faults.some((fault) => fault.rule === rule && fault.where === where))
      .map(({ rule, where }) => `${where}: is an exception from ${rule} and needs none any more`),
  ];
}
