import type { SecurityEvents } from '../../../observability/security-events.js';

/** Deliveries failed so many times in a row. */
export const siemAway = (events: SecurityEvents, failures: number): void => {
  events.record({
    event: 'sys_monitor_disabled',
    level: 'MEDIUM',
    text: 'SIEM takes no events',
    response: 'retried',
    details: { failures },
  });
};

/** The first delivery behind such an outage. */
export const siemBack = (events: SecurityEvents): void => {
  events.record({
    event: 'sys_monitor_enabled',
    level: 'LOW',
    text: 'SIEM takes events again',
    response: 'none',
  });
};

/** The text of the event about an event that was put aside. */
export const refusalText = 'SIEM refused an event';

/** It is put aside, because the SIEM refuses it alone. */
export const siemEventRefused = (events: SecurityEvents, eventId: string, status: number): void => {
  events.record({
    event: 'sys_monitor_disabled',
    level: 'MEDIUM',
    text: refusalText,
    response: 'put aside',
    details: { event_id: eventId, status },
  });
};

/** `count`: number of events that were deleted by age before the SIEM had taken them. */
export const siemEventsExpired = (events: SecurityEvents, count: number): void => {
  events.record({
    event: 'sys_monitor_disabled',
    level: 'HIGH',
    text: 'SIEM missed events whose retention was over',
    response: 'none',
    details: { count },
  });
};
