import type { SecurityEvents } from './security-events.js';

/** Recorded once the service listens at `url`. */
export const systemStarted = (events: SecurityEvents, environment: string, url: string): void => {
  events.record({
    event: 'sys_startup',
    level: 'LOW',
    text: 'SYSTEM started',
    response: 'none',
    details: { environment, url },
  });
};

export const systemStopping = (events: SecurityEvents, signal: string): void => {
  events.record({
    event: 'sys_shutdown',
    level: 'LOW',
    text: 'SYSTEM stopping',
    response: 'none',
    details: { signal },
  });
};
