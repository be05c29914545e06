import type { Environment, Variable } from './environment/environment.js';

type NotYetInEffect = Readonly<Partial<Record<Variable, readonly string[]>>>;

/**
 * Variables that are parsed and validated, but whose fields of the configuration nothing reads yet. `npm run check`
 * fails when such a field is read, and when a variable that is not listed is not read. To be shown by `/ops/ai/status`
 * alone is no effect.
 */
export const notYetInEffect: NotYetInEffect = {};

/** Metrics and security events that are declared, shown and documented, and that nothing produces yet. */
export const notYetProduced = {
  counters: [],
  events: [],
} as const;

/** The listed variables that an environment sets: reported, because the operator relies on them. */
export const setWithoutEffect = (
  environment: Environment,
  list: NotYetInEffect = notYetInEffect,
): readonly Variable[] => (Object.keys(list) as Variable[]).filter((name) => environment[name] !== undefined);
