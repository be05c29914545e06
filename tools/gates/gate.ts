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
  /** Where a place may have several faults of a rule: what the text of the accepted one contains. */
  readonly text?: string;
  readonly reason: string;
  /** Maximum of `size`. Default 0. */
  readonly upTo?: number;
}

const isOf = (exception: Exception, fault: Fault): boolean =>
  exception.rule === fault.rule &&
  exception.where === fault.where &&
  fault.text.includes(exception.text ?? '');

const covers = (exception: Exception, fault: Fault): boolean =>
  isOf(exception, fault) && (fault.size ?? 0) <= (exception.upTo ?? 0);

/** One line for each fault without an exception, and for each exception without a fault. */
export function judge(faults: readonly Fault[], exceptions: readonly Exception[]): string[] {
  return [
    ...faults
      .filter((fault) => !exceptions.some((exception) => covers(exception, fault)))
      .map(({ rule, where, text }) => `${where}: ${text} (${rule})`),
    ...exceptions
      .filter((exception) => !faults.some((fault) => isOf(exception, fault)))
      .map(({ rule, where }) => `${where}: is an exception from ${rule} and needs none any more`),
  ];
}
