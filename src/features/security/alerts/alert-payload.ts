import type { SecurityEvent } from '../../../observability/security-events.js';

/** A share of a budget that was reached. */
export interface AlertedBudget {
  readonly name: string;
  readonly period: string;
  /** 1 is all of it. */
  readonly share: number;
}

/** Fixed words, typed values and the route's template: no text of a client. */
export interface AlertData {
  readonly event: string;
  readonly level: string;
  readonly text: string;
  readonly source_ip: string | null;
  readonly user_id: string | null;
  readonly request_id: string | null;
  /** Absent, as `route`, `budget` and `key`, where an earlier version stored the alert. */
  readonly method?: string | null;
  readonly route?: string | null;
  readonly response: string;
  readonly attack: string | null;
  readonly budget?: AlertedBudget | null;
  /** The variable of a key or token that it is about. */
  readonly key?: string | null;
  /** Equal events that were not sent since the last alert. */
  readonly suppressed: number;
  readonly environment: string;
  /** Public address of the service. */
  readonly service: string | null;
}

/** The shape that Standard Webhooks recommends. */
export interface SecurityAlert {
  readonly type: 'security.alert';
  /** RFC 3339. */
  readonly timestamp: string;
  readonly data: AlertData;
}

/** A checkpoint of the audit log, to be kept where this service cannot reach it. */
export interface CheckpointAlert {
  readonly type: 'audit.checkpoint';
  /** RFC 3339. */
  readonly timestamp: string;
  readonly data: { readonly note: string; readonly environment: string; readonly service: string | null };
}

export type AlertPayload = SecurityAlert | CheckpointAlert;

/** The key of an event about one; null for every other event. */
export function keyOf({ details = {} }: SecurityEvent): string | null {
  const key = details['key'] ?? details['variable'];
  return typeof key === 'string' ? key : null;
}

/** The budget of an event about one; null for every other event. */
export const budgetOf = ({ counts, details = {} }: SecurityEvent): AlertedBudget | null =>
  counts === 'budget_alerts'
    ? {
        name: String(details['budget']),
        period: String(details['period']),
        share: Number(details['share']),
      }
    : null;
