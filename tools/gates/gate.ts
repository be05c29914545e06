/** Something that the rules of the project do not allow. */
export interface Fault {
  readonly rule: string;
  /** File, folder or name; with an arrow between two of them where one uses the other. */
  readonly where: string;
  readonly text: string;
  /** Where the rule has a limit: what was found. */
  readonly size?: number;
}

/** A fault that is known and left for a reason. */
export interface Exception {
  readonly rule: string;
  readonly where: string;
  readonly reason: string;
  /** It may not grow beyond this either. */
  readonly upTo?: number;
}

const covers = (exception: Exception, fault: Fault): boolean =>
  exception.rule === fault.rule &&
  exception.where === fault.where &&
  (fault.size ?? 0) <= (exception.upTo ?? 0);

/** One line for each fault that no exception covers, and for each exception that is needed no more. */
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
