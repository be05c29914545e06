import type { DeadJob } from './dead-jobs.js';
import type { DeadJobResponse } from './jobs.dto.js';

export const toDeadJob = (job: DeadJob): DeadJobResponse => ({
  id: job.id,
  kind: job.kind,
  state: job.state,
  attempts: job.attempts,
  error_code: job.errorCode,
  created_at: job.createdAt.toISOString(),
  ended_at: job.settledAt.toISOString(),
});
