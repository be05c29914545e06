import type { KeyObject } from 'node:crypto';
import { emptyHead, macOf, type StoredEntry } from './audit-chain.js';

/**
 * `changed`: the entry is not as it was written, or not where; `removed`: entries before it are missing; `truncated`: the last ones are;
 * `trimmed`: the summary of those whose retention is over is not as it was signed.
 */
export interface ChainFault {
  readonly stream: number;
  readonly position: bigint;
  readonly fault: 'changed' | 'removed' | 'truncated' | 'trimmed';
}

/** Where a stream ends, or what is left of it begins. */
export interface ChainEnd {
  readonly position: bigint;
  readonly head: Buffer;
}

const lowest = -(2n ** 63n);

/** Reads entries of a stream behind a position, in order; none behind the last. */
export type ReadEntries = (behind: bigint) => Promise<readonly StoredEntry[]>;

/**
 * Every fault of one stream, in order. One entry that was changed, removed or inserted is one fault: what follows is judged behind the entry
 * that stands before it. Returns how many entries were read. `trimmed`: up to where the retention of its entries is over, by a summary that was signed.
 */
export async function* verifyChain(
  chainKey: KeyObject,
  stream: number,
  last: ChainEnd,
  read: ReadEntries,
  trimmed: () => Promise<ChainEnd | 'forged' | null>,
): AsyncGenerator<ChainFault, bigint> {
  let head = emptyHead;
  let position = 0n;
  let count = 0n;
  const start = await trimmed();
  if (start === 'forged') yield { stream, position, fault: 'trimmed' };
  else if (start !== null) ({ head, position } = start);
  const adopt = async (): Promise<ChainEnd | null> => {
    const later = await trimmed();
    if (later === null || later === 'forged' || later.position <= position) return null;
    ({ head, position } = later);
    return later;
  };
  // From the lowest there can be: the first one that was written has 1.
  let behind = lowest;
  for (;;) {
    const entries = await read(behind);
    for (const entry of entries) {
      if (entry.position > position + 1n) {
        // The retention of some was over while others were read: perhaps also of this one.
        const later = (await adopt()) ?? { position };
        if (later.position >= entry.position) break;
      }
      // Behind missing entries nothing is known of the one before.
      if (entry.position !== position + 1n) yield { stream, position: entry.position, fault: 'removed' };
      else if (!macOf(chainKey, head, entry).equals(entry.mac))
        yield { stream, position: entry.position, fault: 'changed' };
      position = entry.position;
      count++;
      head = entry.mac;
    }
    behind = position;
    if (entries.length === 0 && (await adopt()) === null) break;
    behind = position;
  }
  if (position < last.position) yield { stream, position, fault: 'truncated' };
  else if (position > last.position || !head.equals(last.head)) yield { stream, position, fault: 'changed' };
  return count;
}
