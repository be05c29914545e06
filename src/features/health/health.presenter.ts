import type { HealthResponse, ReadyResponse } from './health.dto.js';
import type { Dependencies, Health } from './health.service.js';

export const toHealth = ({ isHealthy, uptimeSeconds, aiEnabled }: Health): HealthResponse => ({
  status: isHealthy ? 'healthy' : 'degraded',
  uptime_s: uptimeSeconds,
  ai_status: aiEnabled ? 'enabled' : 'disabled',
});

/**
 * Ready when everything that each request needs is available; the shared counters have a fallback, so they are not
 * needed.
 */
export const toReady = ({ database, revocations, counters }: Dependencies): ReadyResponse => ({
  status: database && revocations ? 'ready' : 'not_ready',
  database: wordOf(database),
  revocations: wordOf(revocations),
  counters: wordOf(counters),
});

const wordOf = (isUp: boolean): 'up' | 'down' => (isUp ? 'up' : 'down');
