import type { SecurityEvents } from '../../observability/security-events.js';
import type { KeyLevel } from './key-level.js';

/** The service started with another key than before. */
export const keyRotated = (events: SecurityEvents, variable: string): void => {
  events.record({
    event: 'authn_token_created',
    level: 'LOW',
    text: 'KEYS key rotated',
    response: 'none',
    details: { variable },
  });
};

const levels = { notice: 'LOW', warning: 'MEDIUM', critical: 'HIGH' } as const;

/** A key is old, or a token ends soon. `daysLeft`: null for what does not end. */
export const keyDue = (
  events: SecurityEvents,
  key: { readonly name: string; readonly level: Exclude<KeyLevel, 'ok'>; readonly daysLeft: number | null },
): void => {
  events.record({
    event: 'sys_monitor_enabled',
    level: levels[key.level],
    text: 'KEYS key is to be replaced',
    response: 'none',
    details: {
      key: key.name,
      urgency: key.level,
      ...(key.daysLeft === null ? {} : { days_left: key.daysLeft }),
    },
  });
};

/** Meta says that the token of the page is not valid: nothing can be sent. */
export const pageTokenInvalid = (events: SecurityEvents): void => {
  events.record({
    event: 'authn_token_revoked',
    level: 'CRITICAL',
    text: 'KEYS page token invalid',
    response: 'replies wait',
    details: { variable: 'FACEBOOK_PAGE_ACCESS_TOKEN' },
  });
};

/** Meta did not tell this app of its page any more. */
export const pageUnsubscribed = (events: SecurityEvents, isRestored: boolean): void => {
  events.record({
    event: 'sys_monitor_disabled',
    level: isRestored ? 'MEDIUM' : 'HIGH',
    text: 'MESSENGER page unsubscribed',
    response: isRestored ? 'subscribed again' : 'none',
  });
};
