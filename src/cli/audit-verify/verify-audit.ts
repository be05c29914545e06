import type { Config } from '../../../config/config.js';
import { auditPolicy } from '../../../config/policy/operations/audit.js';
import { SystemRandom } from '../../adapters/system/system.js';
import type { Database } from '../../database/database.js';
import { verifyAuditLog } from '../../features/audit/chain/audit-verification.js';
import {
  recogniseCheckpoint,
  verifyCheckpoints,
} from '../../features/audit/checkpoints/checkpoint-verification.js';
import { CheckpointsRepository } from '../../features/audit/checkpoints/checkpoints.repository.js';
import { TrimsRepository } from '../../features/audit/retention/trims.repository.js';
import { AuditKeys } from '../../features/audit/trail/audit-keys.js';
import { AuditKeysRepository } from '../../features/audit/trail/audit-keys.repository.js';
import { AuditRepository } from '../../features/audit/trail/audit.repository.js';

const chainWords = {
  changed: 'is not as it was written, or not where',
  removed: 'stands behind entries that are missing',
  truncated: 'is the last one, and was not',
  trimmed: 'begins behind a summary that was not signed',
} as const;
const checkpointWords = {
  forged: 'is not as it was signed, or the one before it is missing',
  unlike: 'is of entries that the log does not hold',
} as const;
const keptWords = {
  lost: 'the checkpoint was signed by this log, which does not have it any more: the database was set back',
  foreign: 'the checkpoint was not signed by this log',
} as const;

export interface AuditVerified {
  readonly entries: bigint;
  readonly checkpoints: number;
  readonly faults: number;
}

/**
 * Verifies the chains of the audit log and its checkpoints, and whether it holds what a checkpoint says that was kept elsewhere (`note`).
 * `say`: has a line for each of the first faults. @throws AuditKeyLost, the error of the database
 */
export async function verifyAudit(
  config: Pick<Config, 'audit'>,
  database: Database,
  note: string | null,
  say: (line: string) => void,
): Promise<AuditVerified> {
  const keys = new AuditKeys(config, new AuditKeysRepository(database), new SystemRandom());
  const checkpoints = new CheckpointsRepository(database);
  let said = 0;
  const sayFirst = (line: string): void => {
    if (++said <= auditPolicy.verifyFaults) say(line);
  };
  const source = { entries: new AuditRepository(database), trims: new TrimsRepository(database), keys };
  const chains = await verifyAuditLog(source, ({ stream, position, fault }) => {
    sayFirst(`stream ${stream}, entry ${position}: ${chainWords[fault]}`);
  });
  const signed = await verifyCheckpoints(checkpoints, keys, ({ number, at, fault }) => {
    sayFirst(`checkpoint ${number} of ${at.toISOString()}: ${checkpointWords[fault]}`);
  });
  const kept = note === null ? 'known' : await recogniseCheckpoint(checkpoints, keys, note);
  if (kept !== 'known') sayFirst(keptWords[kept]);
  const faults = chains.faults + signed.faults + (kept === 'known' ? 0 : 1);
  return { entries: chains.entries, checkpoints: signed.checkpoints, faults };
}
