import type { Config } from '../../../config/config.js';
import { databaseLimits } from '../../../config/policy/operations/database.js';
import { incidentPolicy } from '../../../config/policy/privacy/incidents.js';
import { PostgresDatabase } from '../../adapters/postgres/postgres-database.js';
import { SystemRandom } from '../../adapters/system/system.js';
import { isUuid } from '../../crypto/uuid.js';
import type { Database, Transaction } from '../../database/database.js';
import type { AuditDetails, AuditTrail } from '../../features/audit/audit-trail.service.js';
import type { AuditAction } from '../../features/audit/audit-action.js';
import type { Incident } from '../../features/incidents/incident.js';
import { IncidentsRepository } from '../../features/incidents/incidents.repository.js';
import type { ThreatLevel } from '../../../config/policy/perimeter/threats.js';
import { SecurityEventsRepository } from '../../features/security/events/security-events.repository.js';
import { CommandFailed, NotUnderstood } from '../command.js';
import { databaseUrl } from '../database-url.js';
import { auditTrailOf } from '../unblock/audit-trail.js';

/** What every part of `npm run incident` works with. */
export interface Desk {
  readonly config: Config;
  readonly database: Database;
  readonly incidents: IncidentsRepository;
  readonly random: SystemRandom;
  /** Who does it, as the operator says. */
  readonly by: string;
  readonly print: (line: string) => void;
  /** Appends the entry of what is done to `incident` within `tx`. */
  readonly entry: (
    tx: Transaction,
    action: AuditAction,
    incident: Pick<Incident, 'id'>,
    details?: AuditDetails,
    subjectId?: string | null,
  ) => Promise<void>;
  /** Keeps a security event within `tx`. */
  readonly event: (
    tx: Transaction,
    level: ThreatLevel,
    text: string,
    incident: Pick<Incident, 'id'>,
  ) => Promise<void>;
  readonly audit: AuditTrail;
}

/** Runs `work` with a connection to the service's database. The service itself may be down. */
export async function atDesk<T>(config: Config, by: string, work: (desk: Desk) => Promise<T>): Promise<T> {
  const { enabled } = config.audit;
  const limits = { ...databaseLimits, statementTimeoutMs: incidentPolicy.statementMs };
  const database = new PostgresDatabase(await databaseUrl(config), () => undefined, limits, enabled);
  try {
    const [audit, random] = [auditTrailOf(config, database), new SystemRandom()];
    return await work({
      config,
      database,
      incidents: new IncidentsRepository(database),
      random,
      by,
      print: (line) => {
        process.stdout.write(`${line}\n`);
      },
      entry: (tx, action, { id }, details = {}, subjectId = null) =>
        audit.append(tx, { action, subjectId, details: { incident: id, operator: by, ...details } }, null),
      event: (tx, level, text, { id }) =>
        new SecurityEventsRepository(database).add(
          [
            {
              id: random.timeOrderedUuid(),
              at: new Date(),
              event: 'authz_admin',
              level,
              text,
              response: 'none',
              details: { incident: id },
            },
          ],
          tx,
        ),
      audit,
    });
  } finally {
    await database.close();
  }
}

/** @throws NotUnderstood where `id` is no id; CommandFailed where there is no such incident */
export async function incidentOf({ incidents }: Desk, id: string | undefined): Promise<Incident> {
  if (!isUuid(id)) throw new NotUnderstood();
  const incident = await incidents.find(id);
  if (incident === null) throw new CommandFailed('there is no such incident');
  return incident;
}

/** @throws CommandFailed where it is closed: then nothing of it changes any more */
export async function openIncidentOf(desk: Desk, id: string | undefined): Promise<Incident> {
  return assertOpen(await incidentOf(desk, id));
}

/** @throws CommandFailed where it is closed, or gone */
export function assertOpen(incident: Incident | null): Incident {
  if (incident === null) throw new CommandFailed('there is no such incident');
  if (incident.closedAt !== null)
    throw new CommandFailed(`the incident was closed at ${incident.closedAt.toISOString()}`);
  return incident;
}
