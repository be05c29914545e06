/** A small fault that a test has to notice. */
export interface Mutant {
  /** What is missing or wrong with it, as the line of a survivor reads. */
  readonly title: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** At least one test of these fails. */
  readonly specs: readonly string[];
  /** A part of the title of the tests that notice it, where its specs have many others that do not. */
  readonly test?: string;
  /** Its specs start nothing and take a second or two: `--quick` chooses among these. */
  readonly cheap?: true;
}

/** The file with the fault in it. @throws Error when the text to replace is missing, ambiguous or the same as its replacement */
export function mutate(source: string, { find, replace, file }: Mutant): string {
  const count = source.split(find).length - 1;
  if (count !== 1) throw new Error(`its search text stands ${count} times in ${file}, not once`);
  if (find === replace) throw new Error('it changes nothing');
  // A function, because `$&` in a string would be read as a pattern.
  return source.replace(find, () => replace);
}
