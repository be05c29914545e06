// Who may import whom, by the files that imports end at: no cycles, and no folder knows one that stands above it.
import { cruise, type IForbiddenRuleType, type ICruiseResult } from 'dependency-cruiser';
import type { Fault } from './gate.ts';

const belowFeatures = 'perimeter|guards|errors|observability|threats|network|crypto|cache|database|tasks';

const rules: readonly (IForbiddenRuleType & { readonly comment: string })[] = [
  { name: 'no-cycles', comment: 'imports come back to where they began', from: {}, to: { circular: true } },
  {
    name: 'config-below-all',
    comment: 'the configuration knows nothing of the service',
    from: { path: '^config/' },
    to: { path: '^(src|painter|tools|test)/' },
  },
  {
    name: 'painter-alone',
    comment: 'the painter knows nothing of the service',
    from: { path: '^painter/' },
    to: { path: '^(src|config|tools|test)/' },
  },
  {
    name: 'no-tools-in-the-service',
    comment: 'what is deployed knows nothing of tools and tests',
    from: { path: '^src/' },
    to: { path: '^(tools|test)/' },
  },
  {
    name: 'below-features',
    comment: 'features and adapters stand above it',
    from: { path: `^src/(${belowFeatures})/` },
    to: { path: '^src/(features|adapters)/' },
  },
  {
    name: 'features-ask-ports',
    comment: 'a feature asks a port, never an adapter',
    from: { path: '^src/features/' },
    to: { path: '^src/adapters/' },
  },
  {
    name: 'ports-alone',
    comment: 'a port knows other ports, and types of the configuration and of the database',
    from: { path: '^src/ports/' },
    to: { path: '^(src|painter)/', pathNot: '^src/(ports|database)/' },
  },
  {
    name: 'ports-take-types',
    comment: 'of the configuration and the database a port takes types alone',
    from: { path: '^src/ports/' },
    to: { path: '^(config|src/database)/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'adapters-below-features',
    comment: 'an adapter answers a port; it knows no feature',
    from: { path: '^src/adapters/' },
    to: { path: '^src/features/' },
  },
  {
    name: 'features-by-their-services',
    comment: 'another feature is reached through its service, its module and its types',
    from: { path: '^src/features/([^/]+)/' },
    to: { path: '^src/features/[^/]+/.*\\.(repository|controller|dto)\\.ts$', pathNot: '^src/features/$1/' },
  },
  {
    name: 'services-without-shapes',
    comment: 'what it computes is put into the form of an answer above it',
    from: { path: '\\.(service|repository)\\.ts$' },
    to: { path: '\\.(dto|presenter|controller)\\.ts$' },
  },
  {
    name: 'painter-by-its-adapter',
    comment: 'the image holds no painter; its adapter alone may name it',
    from: { path: '^src/', pathNot: '^src/adapters/canvas/' },
    to: { path: '^painter/' },
  },
  {
    name: 'painter-on-demand',
    comment: 'the image holds no painter; its adapter is loaded where it is chosen',
    from: { path: '^src/', pathNot: '^src/adapters/canvas/' },
    to: { path: '^src/adapters/canvas/', dynamic: false },
  },
];

/** What imports of a project are against the rules. Tests may import anything. */
export async function importFaults(root: string): Promise<Fault[]> {
  const { output } = await cruise(['.'], {
    baseDir: root,
    includeOnly: '^(config|painter|src|tools)/',
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

/** The same name for a cycle wherever it is entered. */
function cycleOf(files: readonly string[]): string {
  const first = files.indexOf([...files].sort()[0] ?? '');
  return [...files.slice(first), ...files.slice(0, first)].join(' → ');
}
