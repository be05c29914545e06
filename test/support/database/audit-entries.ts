import type { Service } from '../process/service.js';
import { ask } from './database.js';

export interface AuditRow {
  readonly action: string;
  readonly request_id: string | null;
  readonly has_actor: boolean;
  readonly has_subject: boolean;
  /** All that is stored of it. */
  readonly text: string;
}

/** The audit log of a service, as its database has it: in the order in which it was written. */
export const auditRows = (service: Service): Promise<AuditRow[]> =>
  ask<AuditRow>(
    service.home,
    `select action, request_id, actor is not null as has_actor, subject is not null as has_subject, e::text || encode(payload, 'escape') as text
     from velro.audit_entries e order by at, id`,
  );

/** What the audit log says of `work`. */
export async function auditedIn(service: Service, work: () => Promise<unknown>): Promise<AuditRow[]> {
  const before = (await auditRows(service)).length;
  await work();
  return (await auditRows(service)).slice(before);
}
