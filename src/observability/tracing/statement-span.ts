import type { LogEvent } from 'kysely';
import { addEndedSpan } from './spans.js';

/** What a statement begins with; any other is `other`. */
const operations = /^\s*(select|insert|update|delete|with|begin|commit|rollback|set)\b/i;

/** A span for a statement that is over, without its text and its values. */
export function traceStatement({ level, query, queryDurationMillis, ...event }: LogEvent): void {
  const operation = operations.exec(query.sql)?.[1]?.toLowerCase() ?? 'other';
  addEndedSpan(
    `postgresql ${operation}`,
    queryDurationMillis,
    { 'db.system.name': 'postgresql', 'db.operation.name': operation },
    level === 'error' && 'error' in event ? event.error : undefined,
  );
}
