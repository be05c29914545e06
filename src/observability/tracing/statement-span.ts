import type { LogEvent } from 'kysely';
import { kindOf } from '../statement-times.js';
import { addEndedSpan } from './spans.js';

/** A span for a statement that is over, without its text and its values. */
export function traceStatement({ level, query, queryDurationMillis, ...event }: LogEvent): void {
  const operation = kindOf(query.sql);
  addEndedSpan(
    `postgresql ${operation}`,
    queryDurationMillis,
    { 'db.system.name': 'postgresql', 'db.operation.name': operation },
    level === 'error' && 'error' in event ? event.error : undefined,
  );
}
