import type { ClientContext } from '../../../network/client-context.js';
import { ofClient, type SecurityEvents } from '../../../observability/security-events.js';
import type { Refusal } from './file-refused.js';

/** What a scanner calls what it found, cut to what names of signatures are made of. */
const plain = (signature: string): string => signature.replaceAll(/[^\w.-]/g, '_').slice(0, 100);

/** Malware is no accident of a form, though its sender may not know of it. */
export const uploadRefused = (events: SecurityEvents, client: ClientContext, refusal: Refusal): void => {
  if (refusal.kind === 'infected') {
    events.record({
      event: 'upload_validation',
      level: 'HIGH',
      text: 'UPLOAD malware found',
      counts: 'malicious_input_detections',
      signal: 'malicious_file',
      attack: 'malicious_input',
      ...ofClient(client),
      response: 'refused',
      details: { signature: plain(refusal.signature) },
    });
    return;
  }
  events.record({
    event: 'upload_validation',
    level: 'LOW',
    text: 'UPLOAD refused',
    ...ofClient(client),
    response: 'refused',
    details: { reason: refusal.kind === 'content' ? refusal.reason : refusal.kind },
  });
};

/** A file that was taken unscanned is deleted: its sender is the one whose file it is, and no request is there. */
export const quarantineEnded = (
  events: SecurityEvents,
  userId: string,
  fileId: string,
  {
    reason,
    signature,
  }: { readonly reason: 'infected' | 'unscannable' | 'gone'; readonly signature: string | null },
): void => {
  events.record({
    event: 'upload_validation',
    level: signature === null ? 'LOW' : 'HIGH',
    text: 'UPLOAD deleted from quarantine',
    ...(signature === null
      ? {}
      : { counts: 'malicious_input_detections' as const, signal: 'malicious_file' as const }),
    userId,
    response: 'deleted',
    details: { reason, file_id: fileId, ...(signature === null ? {} : { signature: plain(signature) }) },
  });
};

export const uploadOverQuota = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'upload_validation',
    level: 'LOW',
    text: 'UPLOAD refused',
    ...ofClient(client),
    response: 'refused',
    details: { reason: 'quota' },
  });
};

/** Bytes of a resumable upload that do not go on where it stands, exceed it, or come in too many pieces. */
export const uploadOffsetRefused = (
  events: SecurityEvents,
  client: ClientContext,
  reason: 'offset' | 'length' | 'fragments',
): void => {
  events.record({
    event: 'upload_validation',
    level: 'LOW',
    text: 'UPLOAD refused',
    ...ofClient(client),
    response: 'refused',
    details: { reason },
  });
};

/** A body that came more slowly than the least speed: none of it is kept. */
export const uploadTooSlow = (events: SecurityEvents, client: ClientContext): void => {
  events.record({
    event: 'upload_validation',
    level: 'LOW',
    text: 'UPLOAD refused',
    ...ofClient(client),
    response: 'refused',
    details: { reason: 'slow' },
  });
};
