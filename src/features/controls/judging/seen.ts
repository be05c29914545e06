import { Unseen, type See } from '../catalogue/control.js';

/** A fact, or why it could not be looked at. */
export type Seen<Value> = { readonly value: Value } | { readonly unseen: string };

/** Facts that were looked at; a missing one was not. */
export type SeenFacts<Facts> = { readonly [Name in keyof Facts]?: Seen<Facts[Name]> };

/** How each fact is looked at. */
export type Looks<Facts> = { readonly [Name in keyof Facts]: () => Facts[Name] | Promise<Facts[Name]> };

export const seeIn =
  <Facts>(facts: SeenFacts<Facts>): See<Facts> =>
  (name) => {
    const seen: Seen<Facts[typeof name]> | undefined = facts[name];
    if (seen === undefined) throw new Unseen(`${String(name)} was not looked at`);
    if ('unseen' in seen) throw new Unseen(seen.unseen);
    return seen.value;
  };

/** Looks at every fact, one after the other, so that it takes one connection at most: what fails is unseen, and only that. `begins` is told of each. */
export async function lookAt<Facts>(
  looks: Looks<Facts>,
  begins: (name: string, number: number, of: number) => void = () => undefined,
): Promise<SeenFacts<Facts>> {
  const facts: { [Name in keyof Facts]?: Seen<Facts[Name]> } = {};
  const names = Object.keys(looks) as (keyof Facts)[];
  for (const [at, name] of names.entries()) {
    begins(String(name), at + 1, names.length);
    try {
      facts[name] = { value: await looks[name]() };
    } catch {
      // The error may carry anything, an address or a password among it.
      facts[name] = { unseen: `${String(name)} could not be looked at` };
    }
  }
  return facts;
}
