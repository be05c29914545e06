import { describe, expect, it } from '@jest/globals';
import { maintenancePolicy } from '../../../config/policy/operations/maintenance.js';
import { controls } from '../controls/catalogue/controls.js';
import { maintenanceTasks } from './maintenance-tasks.js';
import { overdue } from './overdue.js';

const now = new Date('2026-06-01T00:00:00Z');
const ago = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
const dueOf = (lastDone: ReadonlyMap<string, Date>): readonly string[] =>
  overdue(maintenanceTasks, lastDone, now).map(({ task }) => task.id);

describe('a report of maintenance', () => {
  const reported = maintenanceTasks.filter(({ report }) => report !== null);

  it('is overdue as long as it was never made', () => {
    expect(dueOf(new Map())).toEqual(reported.map(({ id }) => id));
  });

  it.each(reported.map(({ id, schedule }) => [id, schedule] as const))(
    '%s (%s) is overdue once its period is over, and not before',
    (id, schedule) => {
      const days = maintenancePolicy.days[schedule];
      expect(dueOf(new Map([[id, ago(days - 0.01)]]))).not.toContain(id);
      expect(dueOf(new Map([[id, ago(days + 0.01)]]))).toContain(id);
    },
  );

  it('has an id of its own, and names controls that a person attests', () => {
    expect(new Set(maintenanceTasks.map(({ id }) => id)).size).toBe(maintenanceTasks.length);
    for (const { attests } of maintenanceTasks)
      for (const id of attests) expect([id, controls[id].check.by]).toEqual([id, 'attestation']);
  });

  it('is each attested review of the schedules, once', () => {
    const attested = maintenanceTasks.flatMap(({ attests }) => attests);
    expect(new Set(attested).size).toBe(attested.length);
    for (const id of ['review/log-errors', 'review/policies', 'review/training'])
      expect(attested).toContain(id);
  });
});
