import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import { readTrim } from '../retention/trim.js';
import type { TrimsRepository } from '../retention/trims.repository.js';
import { AuditKeyLost, type AuditKeys } from '../trail/audit-keys.js';
import type { AuditRepository, StreamHead } from '../trail/audit.repository.js';
import type { StoredEntry } from './audit-chain.js';
import { verifyChain, type ChainFault, type ReadEntries } from './verify-chain.js';

const { verifyBatch } = auditPolicy;

export interface AuditVerdict {
  readonly entries: bigint;
  readonly faults: number;
}

/** What is read of the audit log to verify it. */
export interface AuditSource {
  readonly entries: Pick<AuditRepository, 'heads' | 'head' | 'entries' | 'exist'>;
  readonly trims: Pick<TrimsRepository, 'of'>;
  readonly keys: Pick<AuditKeys, 'chainIfAny' | 'signerIfAny'>;
}

export interface StreamsVerdict extends AuditVerdict {
  /** The first stream that was not read; null: none is left. */
  readonly nextStream: number | null;
}

/**
 * Verifies every chain of the audit log, in bounded memory, also while entries are added and others go: a stream is judged up to where it
 * ended before its entries were read. @throws AuditKeyLost where its key is not there, what the database throws
 */
export function verifyAuditLog(
  source: AuditSource,
  onFault: (fault: ChainFault) => void,
): Promise<AuditVerdict> {
  return verifyStreams(source, 0, () => true, onFault);
}

/** The same from one stream on; `goesOn`: asked before each but the first. */
export async function verifyStreams(
  { entries, trims, keys }: AuditSource,
  fromStream: number,
  goesOn: () => boolean,
  onFault: (fault: ChainFault) => void,
): Promise<StreamsVerdict> {
  const heads = allStreams(await entries.heads());
  const [chainKey, signer] = [await keys.chainIfAny(), await keys.signerIfAny()];
  let [read, faults] = [0n, 0];
  if (chainKey === null) {
    if (heads.some(({ position }) => position > 0n) || (await entries.exist()))
      throw new AuditKeyLost('the key of the audit log is gone: no entry can be judged');
    return { entries: 0n, faults: 0, nextStream: null };
  }
  for (const { stream, ...last } of heads.slice(fromStream)) {
    if (stream > fromStream && !goesOn()) return { entries: read, faults, nextStream: stream };
    const until = last.position;
    const chain = verifyChain(
      chainKey,
      stream,
      last,
      readAhead(async (behind) => {
        const batch = await entries.entries(stream, behind, verifyBatch);
        // What came meanwhile is not judged; what stands behind a head that was set back is.
        const { position: now } = (await entries.head(stream)) ?? last;
        return now > until ? batch.filter(({ position }) => position <= until) : batch;
      }),
      async () => readTrim(await trims.of(stream), signer),
    );
    for (;;) {
      const step = await chain.next();
      if (step.done === true) {
        read += step.value;
        break;
      }
      faults++;
      onFault(step.value);
    }
  }
  return { entries: read, faults, nextStream: null };
}

/** Reads a batch while the one before is judged: one of the two cores of a small machine is the database's. At most two batches are held. */
function readAhead(read: ReadEntries): ReadEntries {
  let ahead: { readonly behind: bigint; readonly batch: Promise<readonly StoredEntry[]> } | null = null;
  return async (behind) => {
    const batch = await (ahead?.behind === behind ? ahead.batch : read(behind));
    const last = batch.at(-1);
    if (last === undefined) return batch;
    ahead = { behind: last.position, batch: read(last.position) };
    // It throws when it is asked for; whoever stops before does not hear of it.
    ahead.batch.catch(() => undefined);
    return batch;
  };
}

/** A stream that is missing is judged as one that has ended somewhere: whatever it has, and that it has nothing, is a fault. */
function allStreams(heads: readonly StreamHead[]): readonly StreamHead[] {
  return Array.from(
    { length: auditPolicy.streams },
    (_, stream) =>
      heads.find((one) => one.stream === stream) ?? { stream, position: 1n, head: Buffer.alloc(0) },
  );
}
