import type { Config } from '../../../config/config.js';
import { maintenancePolicy } from '../../../config/policy/operations/maintenance.js';
import { SystemRandom } from '../../adapters/system/system.js';
import type { Database } from '../../database/database.js';
import type { AuditTrail } from '../../features/audit/audit-trail.service.js';
import type { MaintenanceRepository } from '../../features/maintenance/maintenance.repository.js';
import {
  NotThere,
  type MaintenanceTask,
  type Report,
  type Sources,
} from '../../features/maintenance/maintenance-task.js';
import { NotUnderstood } from '../command.js';
import { sourcesOf } from './sources.js';

export interface MadeReport {
  readonly task: MaintenanceTask;
  /** Null: it is done by people. */
  readonly report: Report | null;
}

interface Tools {
  readonly config: Config;
  readonly database: Database;
  readonly repository: MaintenanceRepository;
  readonly trail: AuditTrail;
}

/** @throws NotUnderstood for what is no address of http or https */
export function addressIn(text: string | null): URL | null {
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === null || !isWeb || url.username !== '' || url.password !== '') throw new NotUnderstood();
  return url;
}

/** One after the other; each that a program makes is recorded, with its entry of the audit log, before it is given back. */
export async function* makeReports(
  { config, database, repository, trail }: Tools,
  tasks: readonly MaintenanceTask[],
  url: URL | null,
): AsyncGenerator<MadeReport> {
  const random = new SystemRandom();
  const sources = new Map<number, Sources>();
  for (const task of tasks) {
    if (task.report === null) {
      yield { task, report: null };
      continue;
    }
    const days = maintenancePolicy.windowDays[task.schedule];
    const read = sources.get(days) ?? sourcesOf(config, database, url, days);
    sources.set(days, read);
    const report = await task.report(read).catch((error: unknown): Report => {
      if (!(error instanceof NotThere)) throw error;
      return { outcome: 'not_done', lines: [error.message] };
    });
    const details = { task: task.id, outcome: report.outcome };
    await database.transaction(async (tx) => {
      const entry = await trail.entry(tx, { action: 'maintenance.reported', subjectId: null, details }, null);
      await repository.add(tx, random.timeOrderedUuid(), { task: task.id, ...report }, entry);
    });
    yield { task, report };
  }
}
