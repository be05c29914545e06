/** A description as /docs-json answers it, as far as a part of it is made of it. */
interface Description {
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a description says of some paths alone, with the components that these name and those name in turn. */
export function partOf<T extends Description>(description: T, paths: readonly string[]): T {
  const kept = Object.fromEntries(paths.map((path) => [path, description.paths[path]]));
  const named = new Set<string>();
  const follow = (part: unknown): void => {
    for (const [, kind = '', name = ''] of JSON.stringify(part).matchAll(
      /"#\/components\/(\w+)\/([\w.-]+)"/g,
    )) {
      if (named.has(`${kind}/${name}`)) continue;
      named.add(`${kind}/${name}`);
      follow(description.components[kind]?.[name] ?? null);
    }
  };
  follow(kept);
  const components = Object.fromEntries(
    Object.entries(description.components).map(([kind, entries]) => [
      kind,
      Object.fromEntries(
        // Operations name these without a reference.
        Object.entries(entries).filter(
          ([name]) => kind === 'securitySchemes' || named.has(`${kind}/${name}`),
        ),
      ),
    ]),
  );
  return { ...description, paths: kept, components };
}
