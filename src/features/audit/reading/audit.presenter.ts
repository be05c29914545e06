import type { Checkpoint } from '../checkpoints/checkpoints.service.js';
import type { AuditCheck } from './audit-check.service.js';
import type { AuditFilter, OpenedEntry } from './audit-reading.service.js';
import type {
  AuditCheckResponse,
  AuditEntryResponse,
  CheckpointResponse,
  ListAuditQuery,
} from './audit.dto.js';

export const toFilter = (query: ListAuditQuery): AuditFilter => ({
  action: query.action ?? null,
  actorId: query.actor_id ?? null,
  subjectId: query.subject_id ?? null,
  since: query.since === undefined ? null : new Date(query.since),
  until: query.until === undefined ? null : new Date(query.until),
});

export const toEntry = ({ entry, payload }: OpenedEntry): AuditEntryResponse => ({
  id: entry.id,
  at: entry.at.toISOString(),
  stream: entry.stream,
  position: entry.position,
  action: entry.action,
  actor: entry.actor?.toString('hex') ?? null,
  subject: entry.subject?.toString('hex') ?? null,
  request_id: entry.requestId,
  details: payload,
});

export const toCheck = (check: AuditCheck): AuditCheckResponse => ({
  entries: String(check.entries),
  checkpoints: check.checkpoints,
  faults: check.faults.map(({ stream, position, fault }) => ({ stream, position: String(position), fault })),
  checkpoint_faults: check.checkpointFaults.map(({ number, at, fault }) => ({
    number,
    at: at.toISOString(),
    fault,
  })),
  next_stream: check.nextStream,
});

export const toCheckpoint = ({ at, note }: Checkpoint, verifierKey: string): CheckpointResponse => ({
  at: at.toISOString(),
  note,
  verifier_key: verifierKey,
});
