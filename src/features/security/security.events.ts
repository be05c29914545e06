import type { ClientContext } from '../../network/client-context.js';
import { ofClient, type SecurityEvent, type SecurityEvents } from '../../observability/security-events.js';
import type { Block } from '../../threats/blocks.repository.js';

const ofBlock = ({ id, address, userId }: Pick<Block, 'id' | 'address' | 'userId'>) => ({
  block_id: id,
  address,
  ...(userId === null ? {} : { target_id: userId }),
});

/** A block added by an administrator, for `minutes`. */
export const blockAdded = (
  events: SecurityEvents,
  client: ClientContext,
  block: Pick<Block, 'id' | 'address' | 'userId'>,
  minutes: number,
): void => {
  events.record({
    event: 'authz_admin',
    level: 'MEDIUM',
    text: 'ADMIN block added',
    ...ofClient(client),
    response: block.userId === null ? 'address_blocked' : 'caller_blocked',
    details: { ...ofBlock(block), minutes },
  });
};

export const blockLifted = (
  events: SecurityEvents,
  client: ClientContext,
  block: Pick<Block, 'id' | 'address' | 'userId'>,
): void => {
  events.record({
    event: 'authz_admin',
    level: 'MEDIUM',
    text: 'ADMIN block lifted',
    ...ofClient(client),
    response: 'none',
    details: ofBlock(block),
  });
};

/** An administrator who blocks, or lifts a block of, somebody whom he may not act against; `address` where it was given. */
export const blockRefused = (
  events: SecurityEvents,
  client: ClientContext,
  { id, address, userId }: { id: string; address: string | null; userId: string | null },
): void => {
  events.record({
    event: 'authz_fail',
    signal: 'role_refused',
    level: 'MEDIUM',
    text: 'AUTHORIZATION block refused',
    ...ofClient(client),
    response: 'refused',
    details: {
      ...(address === null ? { block_id: id } : { address }),
      ...(userId === null ? {} : { target_id: userId }),
    },
  });
};

/** Returns the event, which is what the alert shows. */
export const alertTested = (events: SecurityEvents, client: ClientContext): SecurityEvent => {
  const event: SecurityEvent = {
    event: 'authz_admin',
    level: 'MEDIUM',
    text: 'ADMIN test alert',
    ...ofClient(client),
    response: 'alert_sent',
    details: {},
  };
  events.record(event);
  return event;
};

/** Not HIGH: an alert about alerts would not be delivered either. */
export const alertNotDelivered = (
  events: SecurityEvents,
  alertId: string,
  receiver: 'webhook' | 'mail',
): void => {
  events.record({
    event: 'sys_monitor_disabled',
    level: 'MEDIUM',
    text: 'ALERT not delivered',
    response: 'none',
    details: { alert_id: alertId, receiver },
  });
};

/** `dropped`: number of events that are only in the log. */
export const eventsNotStored = (events: SecurityEvents, dropped: number): void => {
  events.record({
    event: 'sys_monitor_disabled',
    level: 'MEDIUM',
    text: 'EVENTS not kept while the database was away',
    response: 'none',
    details: { dropped },
  });
};

/** `directive`: only the name, because the rest of a report is untrusted input. */
export const cspViolated = (events: SecurityEvents, client: ClientContext, directive: string): void => {
  events.record({
    event: 'malicious_csp_violation',
    level: 'LOW',
    text: 'BROWSER content security policy violated',
    ...ofClient(client),
    response: 'logged',
    details: { directive },
  });
};
