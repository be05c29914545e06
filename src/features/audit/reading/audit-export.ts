import { csvLine } from '../../../perimeter/output/csv.js';
import type { OpenedEntry } from './audit-reading.service.js';

export type ExportFormat = 'jsonl' | 'csv';

const columns = [
  'id',
  'at',
  'stream',
  'position',
  'action',
  'actor',
  'subject',
  'request_id',
  'details',
  'payload',
  'mac',
] as const;

/** As lines of a file. `payload` and `mac` are base64 as they are stored, so that the chain can be verified from it with the key. */
export async function* exportLines(
  format: ExportFormat,
  entries: AsyncIterable<OpenedEntry>,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(columns);
  for await (const opened of entries) {
    const row = rowOf(opened);
    yield format === 'csv' ? csvLine(columns.map((name) => row[name])) : `${JSON.stringify(row)}\n`;
  }
}

const rowOf = ({ entry, payload }: OpenedEntry): Readonly<Record<(typeof columns)[number], unknown>> => ({
  id: entry.id,
  // To the microsecond: the chain is over that.
  at: entry.moment,
  stream: entry.stream,
  position: entry.position,
  action: entry.action,
  actor: entry.actor?.toString('hex') ?? null,
  subject: entry.subject?.toString('hex') ?? null,
  request_id: entry.requestId,
  details: payload,
  payload: entry.payload.toString('base64'),
  mac: entry.mac.toString('base64'),
});
