import type { HealthResponse, ReadyResponse } from './health.dto.js';
import type { Health, Readiness } from './health.service.js';

export const toHealth = ({ isHealthy, uptimeSeconds, aiEnabled }: Health): HealthResponse => ({
  status: isHealthy ? 'healthy' : 'degraded',
  uptime_s: uptimeSeconds,
  ai_status: aiEnabled ? 'enabled' : 'disabled',
});

/**
 * Ready when everything that each request needs is available and no stop has begun; the shared counters have a fallback, and
 * a request that stores nothing needs no storage.
 */
export const toReady = ({
  database,
  writes,
  revocations,
  counters,
  storage,
  isStopping,
  isUnopenedRestore,
}: Readiness): ReadyResponse => ({
  status: database && writes && revocations && !isStopping && !isUnopenedRestore ? 'ready' : 'not_ready',
  database: wordOf(database),
  writes: wordOf(writes),
  revocations: wordOf(revocations),
  counters: wordOf(counters),
  storage: wordOf(storage),
  restore: isUnopenedRestore ? 'unopened' : 'none',
});

const wordOf = (isUp: boolean): 'up' | 'down' => (isUp ? 'up' : 'down');
