import type { SecurityEvents } from '../../observability/security-events.js';

/** `lastPassed`: null when none is known. */
export const selfTestOverdue = (
  events: SecurityEvents,
  { lastPassed, failures }: { readonly lastPassed: Date | null; readonly failures: number },
): void => {
  events.record({
    event: 'sys_monitor_disabled',
    level: 'HIGH',
    text: 'BACKUP self-test overdue',
    response: 'none',
    details: { last_passed: lastPassed?.toISOString() ?? 'never', failures },
  });
};

/** `lastSuccess`: null when none ever was. */
export const backupOverdue = (
  events: SecurityEvents,
  { lastSuccess, failures }: { readonly lastSuccess: Date | null; readonly failures: number },
): void => {
  events.record({
    event: 'sys_monitor_disabled',
    level: 'HIGH',
    text: 'BACKUP overdue',
    response: 'none',
    details: { last_success: lastSuccess?.toISOString() ?? 'never', failures },
  });
};
