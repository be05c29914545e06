import type { ClientContext } from '../../network/client-context.js';
import { ofClient, type SecurityEvents } from '../../observability/security-events.js';

/** An administrator has a job done again that failed for good. */
export const jobReplayed = (events: SecurityEvents, client: ClientContext, jobId: string): void => {
  events.record({
    event: 'authz_admin',
    level: 'LOW',
    text: 'JOB replayed',
    ...ofClient(client),
    response: 'none',
    details: { job_id: jobId },
  });
};
