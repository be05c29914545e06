import { sha256 } from '../../../crypto/hash.js';
import type { StreamHead } from '../trail/audit.repository.js';
import { merkleRoot } from './merkle-root.js';

/** What the audit log held at one time. */
export interface CheckpointFacts {
  readonly at: Date;
  /** Of every stream, in order. */
  readonly heads: readonly StreamHead[];
  /** The note before it; null for the first one. */
  readonly previous: string | null;
}

/**
 * The text of a checkpoint: the log, how many entries it has had, the root over the ends of all streams, the time, and the hash of
 * the checkpoint before it.
 */
export function checkpointText(origin: string, { at, heads, previous }: CheckpointFacts): string {
  const size = heads.reduce((sum, { position }) => sum + position, 0n);
  return [
    origin,
    String(size),
    rootOf(heads).toString('base64'),
    `time ${at.toISOString()}`,
    `previous ${previous === null ? 'none' : sha256(previous).toString('base64')}`,
    '',
  ].join('\n');
}

/** Over all streams, also those without entries: each leaf is the stream, its last position and the head there. */
function rootOf(heads: readonly StreamHead[]): Buffer {
  return merkleRoot(
    heads.map(({ stream, position, head }) => {
      const place = Buffer.alloc(10);
      place.writeInt16BE(stream, 0);
      place.writeBigInt64BE(position, 2);
      return Buffer.concat([place, head]);
    }),
  );
}
