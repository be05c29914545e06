/** A change of the source that a test must detect. */
export interface Mutant {
  /** The faulty behaviour, as printed in the report. */
  readonly title: string;
  readonly file: string;
  /** Occurs in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Paths of specs, of which at least one test must fail. */
  readonly specs: readonly string[];
  /** Part of the titles of the tests to run; undefined: all tests of the specs. */
  readonly test?: string;
}

/** Applies the mutant to a source text. @throws Error when `find` does not occur exactly once, or equals `replace` */
export function mutate(source: string, { find, replace, file }: Mutant): string {
  const count = source.split(find).length - 1;
  if (count !== 1) throw new Error(`its search text occurs ${count} times in ${file}, not once`);
  if (find === replace) throw new Error('it changes nothing');
  // A function, because `$&` in a string would be read as a pattern.
  return source.replace(find, () => replace);
}
