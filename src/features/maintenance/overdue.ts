import { maintenancePolicy } from '../../../config/policy/operations/maintenance.js';
import type { MaintenanceTask } from './maintenance-task.js';

export interface Due {
  readonly task: MaintenanceTask;
  /** Null: never. */
  readonly lastDone: Date | null;
}

const day = 86_400_000;

/** What should have been done by `now`, of tasks that a program does. */
export const overdue = (
  tasks: readonly MaintenanceTask[],
  lastDone: ReadonlyMap<string, Date>,
  now: Date,
): readonly Due[] =>
  tasks
    .filter(({ report }) => report !== null)
    .map((task) => ({ task, lastDone: lastDone.get(task.id) ?? null }))
    .filter(
      ({ task, lastDone: last }) =>
        last === null || now.getTime() - last.getTime() > maintenancePolicy.days[task.schedule] * day,
    );
