import { maintenancePolicy } from '../../../../config/policy/operations/maintenance.js';
import type { Report } from '../maintenance-task.js';

/** How often something was seen in the window, and in the one before. */
export interface Counted {
  readonly what: string;
  readonly now: number;
  readonly before: number;
}

const hasRisen = ({ now, before }: Counted): boolean =>
  now >= maintenancePolicy.riseFrom && now >= before * maintenancePolicy.riseTimes;

/** The most frequent first, with what has risen; `nothing`: said where there is none. */
export function risesOf(counts: readonly Counted[], nothing: string): Report {
  const shown = counts.slice(0, maintenancePolicy.rows);
  const lines = shown.map(
    (one) => `${one.what}: ${one.now} (before: ${one.before})${hasRisen(one) ? ', has risen' : ''}`,
  );
  const more = counts.length - shown.length;
  return {
    outcome: counts.some(hasRisen) ? 'found' : 'nothing_found',
    lines: counts.length === 0 ? [nothing] : [...lines, ...(more > 0 ? [`and ${more} more`] : [])],
  };
}
