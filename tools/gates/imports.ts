// Import rules between folders, checked on resolved files: no cycles, and no folder imports one of a higher layer.
import { cruise, type IForbiddenRuleType, type ICruiseResult } from 'dependency-cruiser';
import type { Fault } from './gate.ts';

const belowFeatures = 'perimeter|guards|errors|observability|threats|network|crypto|cache|database|tasks';

const rules: readonly (IForbiddenRuleType & { readonly comment: string })[] = [
  { name: 'no-cycles', comment: 'circular import', from: {}, to: { circular: true } },
  {
    name: 'config-below-all',
    comment: 'config/ imports nothing of the service',
    from: { path: '^config/' },
    to: { path: '^(src|painter|tools|test)/' },
  },
  {
    name: 'painter-alone',
    comment: 'painter/ imports nothing of the service',
    from: { path: '^painter/' },
    to: { path: '^(src|config|tools|test)/' },
  },
  {
    name: 'client-alone',
    comment: 'the client is a package of its own and imports nothing of the service',
    from: { path: '^client/' },
    to: { path: '^(src|config|painter|tools|test)/' },
  },
  {
    name: 'no-client-in-the-service',
    comment: 'src/ is deployed without client/',
    from: { path: '^(src|config|painter)/' },
    to: { path: '^client/' },
  },
  {
    name: 'no-tools-in-the-service',
    comment: 'src/ is deployed without tools/ and test/',
    from: { path: '^src/' },
    to: { path: '^(tools|test)/' },
  },
  {
    name: 'below-features',
    comment: 'features and adapters are higher layers',
    from: { path: `^src/(${belowFeatures})/` },
    to: { path: '^src/(features|adapters)/' },
  },
  {
    name: 'features-ask-ports',
    comment: 'a feature depends on ports, never on an adapter',
    from: { path: '^src/features/' },
    to: { path: '^src/adapters/' },
  },
  {
    name: 'ports-alone',
    comment: 'a port imports other ports, and types of the configuration and the database, only',
    from: { path: '^src/ports/' },
    to: { path: '^(src|painter)/', pathNot: '^src/(ports|database)/' },
  },
  {
    name: 'ports-take-types',
    comment: 'a port imports types only from the configuration and the database',
    from: { path: '^src/ports/' },
    to: { path: '^(config|src/database)/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'adapters-below-features',
    comment: 'an adapter implements a port and imports no feature',
    from: { path: '^src/adapters/' },
    to: { path: '^src/features/' },
  },
  {
    name: 'features-by-their-services',
    comment: 'other features may be imported by their services, modules and types only',
    from: { path: '^src/features/([^/]+)/' },
    to: { path: '^src/features/[^/]+/.*\\.(repository|controller|dto)\\.ts$', pathNot: '^src/features/$1/' },
  },
  {
    name: 'services-without-shapes',
    comment: 'services and repositories import no response types',
    from: { path: '\\.(service|repository)\\.ts$' },
    to: { path: '\\.(dto|presenter|controller)\\.ts$' },
  },
  {
    name: 'painter-by-its-adapter',
    comment: 'the image contains no painter; only its adapter may import it',
    from: { path: '^src/', pathNot: '^src/adapters/canvas/' },
    to: { path: '^painter/' },
  },
  {
    name: 'painter-on-demand',
    comment: 'the image contains no painter; its adapter must be imported dynamically',
    from: { path: '^src/', pathNot: '^src/adapters/canvas/' },
    to: { path: '^src/adapters/canvas/', dynamic: false },
  },
];

/** Imports that break a rule, in the project at the path `root`. Specs are not checked. Throws when no file is found. */
export async function importFaults(root: string): Promise<Fault[]> {
  const { output } = await cruise(['.'], {
    baseDir: root,
    includeOnly: '^(client/src|config|painter|src|tools)/',
    exclude: { path: '\\.spec\\.ts$' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.mjs'] },
    validate: true,
    ruleSet: { forbidden: rules.map((rule) => ({ ...rule, severity: 'error' as const })) },
  });
  if (typeof output === 'string') throw new Error(output);
  return faultsOf(output);
}

function faultsOf({ summary, modules }: ICruiseResult): Fault[] {
  if (modules.length === 0) throw new Error('no file was found to check');
  return summary.violations.map(({ rule, from, to, cycle }) => ({
    rule: rule.name,
    where: cycle === undefined ? `${from} → ${to}` : cycleOf(cycle.map(({ name }) => name)),
    text: rules.find(({ name }) => name === rule.name)?.comment ?? '',
  }));
}

/** The same text for a cycle, whichever of its files is reported first. */
function cycleOf(files: readonly string[]): string {
  const first = files.indexOf([...files].sort()[0] ?? '');
  return [...files.slice(first), ...files.slice(0, first)].join(' → ');
}
