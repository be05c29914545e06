import type { SiemRecord } from '../../../ports/delivery/siem-receiver.js';
import type { KeptEvent } from '../events/security-events.repository.js';
import { toOcsf } from './ocsf-event.js';

/** The record of an event; `host`: that of the service, null where it is unknown. */
export const toRecord = (event: KeptEvent, host: string | null): SiemRecord => ({
  id: event.id,
  name: event.event,
  level: event.level,
  at: event.at,
  instance: event.instance ?? null,
  json: JSON.stringify(toOcsf(event, host)),
});

/** As many of the first records as have this many bytes of JSON together, and at least one. */
export function withinBytes(records: readonly SiemRecord[], bytes: number): readonly SiemRecord[] {
  let sum = 0;
  const end = records.findIndex(({ json }, at) => {
    sum += Buffer.byteLength(json) + 2;
    return at > 0 && sum > bytes;
  });
  return end === -1 ? records : records.slice(0, end);
}
