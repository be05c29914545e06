/** Headers of an answer that the components of the description have, by name. */
export const headerReferences = (...names: readonly string[]): Record<string, { readonly $ref: string }> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
