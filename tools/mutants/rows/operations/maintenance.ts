import type { Mutant } from '../../mutant.ts';

const whole = ['test/journeys/maintenance.spec.ts'];

/** Reports that are due again and again. */
export const maintenanceMutants: readonly Mutant[] = [
  {
    title: 'a report that could not be made counts as made',
    file: 'src/features/maintenance/maintenance.repository.ts',
    find: "r.task = named.task and r.outcome <> 'not_done'",
    replace: 'r.task = named.task',
    specs: whole,
  },
  {
    title: 'a report is never overdue again',
    file: 'src/features/maintenance/overdue.ts',
    find: 'last === null || now.getTime()',
    replace: 'last === null && now.getTime()',
    specs: ['src/features/maintenance/overdue.spec.ts'],
  },
  {
    title: 'the metrics are asked for in the clear',
    file: 'src/cli/maintenance/service-metrics.ts',
    find: "if (url.protocol !== 'https:' && !isLoopbackHost(url.hostname))",
    replace: "if (url.protocol === 'ftp:')",
    specs: whole,
  },
  {
    title: 'credentials are sent to what is no instance',
    file: 'src/cli/maintenance/service-metrics.ts',
    find: 'await requireOurs(new Prober(url)).catch(',
    replace: 'await Promise.resolve().catch(',
    specs: whole,
    test: 'sends no credentials',
  },
  {
    title: 'a registry that says nothing knows of no weakness',
    file: 'src/cli/maintenance/sources.ts',
    find: 'return total === undefined ? null : bySeverity;',
    replace: 'return bySeverity;',
    specs: whole,
  },
];
