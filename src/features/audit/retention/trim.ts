import type { NoteSigner } from '../checkpoints/signed-note.js';
import type { ChainEnd } from '../chain/verify-chain.js';

/** A summary of the entries of a stream whose retention is over. */
export interface Trim {
  readonly stream: number;
  /** Of the last entry that went, from 1. */
  readonly position: bigint;
  /** Its `mac`. */
  readonly head: Buffer;
  /** When it was written: microseconds since the epoch. */
  readonly through: bigint;
}

export interface SignedTrim extends Trim {
  /** Ed25519, 64 bytes. */
  readonly signature: Buffer;
}

/** What is signed of a summary. */
export function trimBytes({ stream, position, head, through }: Trim): Buffer {
  const place = Buffer.alloc(18);
  place.writeInt16BE(stream, 0);
  place.writeBigInt64BE(position, 2);
  place.writeBigInt64BE(through, 10);
  return Buffer.concat([Buffer.from('velro audit trim\n'), place, head]);
}

/** Where what is left of a stream begins; null for one of which nothing went. */
export function readTrim(trim: SignedTrim | null, signer: NoteSigner | null): ChainEnd | 'forged' | null {
  if (trim === null) return null;
  return signer?.isOf(trimBytes(trim), trim.signature) === true ? trim : 'forged';
}
