import type { ClientContext } from '../../network/client-context.js';
import { ofClient, type SecurityEvents } from '../../observability/security-events.js';

export const accountDeletionRequested = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'user_updated',
    level: 'MEDIUM',
    text: 'ACCOUNT deletion requested',
    ...ofClient(client),
    response: 'none',
  });
};

export const accountDeletionCancelled = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'user_updated',
    level: 'LOW',
    text: 'ACCOUNT deletion cancelled',
    ...ofClient(client),
    response: 'none',
  });
};

export const dataExportRequested = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'user_updated',
    level: 'MEDIUM',
    text: 'ACCOUNT export requested',
    ...ofClient(client),
    response: 'none',
  });
};

/** Of whom is not said: nothing is left by which it could be. */
export const accountErased = (events: SecurityEvents): void => {
  events.record({ event: 'user_updated', level: 'LOW', text: 'ACCOUNT erased', response: 'none' });
};

/** It failed so many times in a row, at this stage: the database, the storage or the identity provider does not do it. */
export const accountErasureDelayed = (events: SecurityEvents, stage: string, failures: number): void => {
  events.record({
    event: 'user_updated',
    level: 'MEDIUM',
    text: 'ACCOUNT erasure is delayed',
    response: 'retried',
    details: { stage, failures },
  });
};

/** `late`: rows by table, which their tasks should have deleted a day ago. */
export const retentionOverdue = (events: SecurityEvents, late: Readonly<Record<string, number>>): void => {
  events.record({
    event: 'sys_monitor_disabled',
    level: 'MEDIUM',
    text: 'RETENTION overdue',
    response: 'none',
    details: { ...late },
  });
};
