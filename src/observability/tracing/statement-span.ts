import type { LogEvent } from 'kysely';
import { kindOf } from '../statement-times.js';
import { addEndedSpan, isTraced } from './spans.js';

/** A span for a statement that is over, without its text and its values. */
export function traceStatement(event: LogEvent): void {
  if (!isTraced()) return;
  const operation = kindOf(event.query.sql);
  addEndedSpan(
    `postgresql ${operation}`,
    event.queryDurationMillis,
    { 'db.system.name': 'postgresql', 'db.operation.name': operation },
    event.level === 'error' ? event.error : undefined,
  );
}
