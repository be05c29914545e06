import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import { AuditKeyLost, type AuditKeys } from '../trail/audit-keys.js';
import { checkpointText } from './checkpoint.js';
import type { CheckpointsRepository, StoredCheckpoint } from './checkpoints.repository.js';

/**
 * `forged`: it is not as it was signed, or the one before it is missing; `unlike`: the log does not hold what it signs: entries were
 * removed or changed, or the database was set back.
 */
export interface CheckpointFault {
  readonly number: string;
  readonly at: Date;
  readonly fault: 'forged' | 'unlike';
}

export interface CheckpointsVerdict {
  readonly checkpoints: number;
  readonly faults: number;
}

/** Verifies every checkpoint: its signature, the one before it, and that the log holds the entries it ends with. @throws AuditKeyLost */
export async function verifyCheckpoints(
  checkpoints: CheckpointsRepository,
  keys: AuditKeys,
  onFault: (fault: CheckpointFault) => void,
): Promise<CheckpointsVerdict> {
  const signer = await keys.signerIfAny();
  let [read, faults] = [0, 0];
  let previous: StoredCheckpoint | null = null;
  for (;;) {
    const batch = await checkpoints.behind(previous?.number ?? '0', auditPolicy.verifyCheckpoints);
    if (batch.length > 0 && signer === null)
      throw new AuditKeyLost('the key of the checkpoints is gone: none can be judged');
    const unlike = await checkpoints.unlike(batch.map(({ number }) => number));
    for (const one of batch) {
      const text = checkpointText(signer?.name ?? '', { ...one, previous: previous?.note ?? null });
      const fault = signer?.open(one.note) !== text ? 'forged' : unlike.has(one.number) ? 'unlike' : null;
      if (fault !== null) {
        faults++;
        onFault({ number: one.number, at: one.at, fault });
      }
      read++;
      previous = one;
    }
    if (batch.length < auditPolicy.verifyCheckpoints) return { checkpoints: read, faults };
  }
}

/**
 * What this log says of a checkpoint that was kept elsewhere: `known`: it is one of its own, which `verifyCheckpoints` judges; `lost`: it
 * signed it and has it no more, so that the database was set back; `foreign`: another log signed it, or nobody.
 */
export async function recogniseCheckpoint(
  checkpoints: CheckpointsRepository,
  keys: AuditKeys,
  note: string,
): Promise<'known' | 'lost' | 'foreign'> {
  const signer = await keys.signerIfAny();
  // As it was given away: others may have signed it too, and editors write line ends of their own.
  const text = signer?.open(note.replaceAll('\r\n', '\n')) ?? null;
  if (signer === null || text === null) return 'foreign';
  return (await checkpoints.has(signer.note(text))) ? 'known' : 'lost';
}
