import { Injectable } from '@nestjs/common';
import type { Schedule } from '../../../config/policy/operations/maintenance.js';
import { Clock } from '../../ports/clock.js';
import { MaintenanceRepository } from './maintenance.repository.js';
import { maintenanceTasks } from './maintenance-tasks.js';
import { overdue } from './overdue.js';

/** Which reports are overdue. */
@Injectable()
export class MaintenanceService {
  constructor(
    private readonly reports: MaintenanceRepository,
    private readonly clock: Clock,
  ) {}

  /** Ids of tasks, by their rhythm. */
  async overdue(): Promise<Readonly<Record<Schedule, readonly string[]>>> {
    const lastDone = await this.reports.lastDone(maintenanceTasks.map(({ id }) => id));
    const due = overdue(maintenanceTasks, lastDone, new Date(this.clock.now()));
    const of = (schedule: Schedule): readonly string[] =>
      due.filter(({ task }) => task.schedule === schedule).map(({ task }) => task.id);
    return { weekly: of('weekly'), monthly: of('monthly'), quarterly: of('quarterly') };
  }
}
