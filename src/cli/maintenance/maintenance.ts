import { parseArgs } from 'node:util';
import { loadConfig } from '../../../config/load-config.js';
import { databaseLimits } from '../../../config/policy/operations/database.js';
import { maintenancePolicy, type Schedule } from '../../../config/policy/operations/maintenance.js';
import { PostgresDatabase } from '../../adapters/postgres/postgres-database.js';
import { MaintenanceRepository } from '../../features/maintenance/maintenance.repository.js';
import { maintenanceTasks, tasksOf } from '../../features/maintenance/maintenance-tasks.js';
import { publishedAddress } from '../../service-address.js';
import { NotUnderstood, runCommand } from '../command.js';
import { databaseUrl } from '../database-url.js';
import { auditTrailOf } from '../unblock/audit-trail.js';
import { addressIn, makeReports, type MadeReport } from './make-reports.js';
import { dueText, reportText } from './texts.js';

const schedules = Object.keys(maintenancePolicy.days) as readonly Schedule[];
const usage = `usage: npm run maintenance -- ${schedules.join('|')} [--only <task>] [--url <address>] [--json]
       npm run maintenance -- --due [--json]
Makes the reports that are due in that rhythm, prints and records each, and says what a person attests who has read it. The reports read the
database and, at --url or PUBLIC_URL, the metrics of the running service, with METRICS_TOKEN or the operator of the environment.
--due: which reports are overdue. Exit 0: nothing is overdue, and nothing was found. Exit 1: something is, was, or could not be done.
Exit 2: invalid arguments.`;

interface Given {
  readonly schedule: Schedule | null;
  readonly only: string | null;
  readonly url: string | null;
  readonly json: boolean;
}

function readArguments(args: readonly string[]): Given {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        due: { type: 'boolean', default: false },
        only: { type: 'string' },
        url: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const [name, ...more] = positionals;
    const schedule = schedules.find((one) => one === name) ?? null;
    const only = values.only ?? null;
    const isWhole = more.length === 0 && (values.due ? name === undefined : schedule !== null);
    const isKnown = only === null || (schedule !== null && tasksOf(schedule).some(({ id }) => id === only));
    if (!isWhole || !isKnown) throw new NotUnderstood();
    return { schedule, only, url: values.url ?? null, json: values.json };
  } catch {
    throw new NotUnderstood();
  }
}

await runCommand({ usage, failure: 'maintenance could not be done' }, async (args) => {
  const { schedule, only, url, json } = readArguments(args);
  const config = loadConfig();
  const limits = { ...databaseLimits, statementTimeoutMs: maintenancePolicy.statementMs };
  const database = new PostgresDatabase(
    await databaseUrl(config),
    () => undefined,
    limits,
    config.audit.enabled,
  );
  const repository = new MaintenanceRepository(database);
  try {
    if (schedule === null) return await tellDue(repository, json);
    const tasks = tasksOf(schedule).filter(({ id }) => only === null || id === only);
    const address = addressIn(url ?? config.server.publicUrl ?? publishedAddress(config.home));
    const made: MadeReport[] = [];
    for await (const one of makeReports(
      { config, database, repository, trail: auditTrailOf(config, database) },
      tasks,
      address,
    )) {
      made.push(one);
      if (!json) process.stdout.write(reportText(one));
    }
    if (json) process.stdout.write(`${JSON.stringify(made.map(toJson), null, 2)}\n`);
    return made.every(({ report }) => report === null || report.outcome === 'nothing_found') ? 0 : 1;
  } finally {
    await database.close();
  }
});

async function tellDue(repository: MaintenanceRepository, json: boolean): Promise<number> {
  const { overdue } = await import('../../features/maintenance/overdue.js');
  const lastDone = await repository.lastDone(maintenanceTasks.map(({ id }) => id));
  const due = overdue(maintenanceTasks, lastDone, new Date());
  const rows = due.map(({ task, lastDone: at }) => ({
    task: task.id,
    schedule: task.schedule,
    last_done: at?.toISOString() ?? null,
  }));
  process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : dueText(rows));
  return due.length === 0 ? 0 : 1;
}

function toJson({ task, report }: MadeReport) {
  return {
    task: task.id,
    title: task.title,
    outcome: report?.outcome ?? 'by_people',
    lines: report?.lines ?? [],
    attest: task.attests,
  };
}
