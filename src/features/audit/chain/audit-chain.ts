import type { KeyObject } from 'node:crypto';
import { hmacSha256, sha256 } from '../../../crypto/hash.js';

/** An entry as the database has it. */
export interface StoredEntry {
  readonly stream: number;
  /** From 1 in each stream, without gaps. */
  readonly position: bigint;
  readonly id: string;
  /** Microseconds since the epoch. */
  readonly at: bigint;
  readonly action: string;
  /** Keyed hash of the account that acted; null for none. */
  readonly actor: Buffer | null;
  /** Keyed hash of the account that was acted on; null for none. */
  readonly subject: Buffer | null;
  readonly requestId: string | null;
  readonly payload: Buffer;
  readonly mac: Buffer;
}

/** What stands before the first entry of a stream. */
export const emptyHead: Buffer = Buffer.alloc(32);

const blockBytes = 64;

/** The key of one entry: whoever learns it can forge this entry alone. */
export const entryKey = (chainKey: KeyObject, id: string): Buffer => hmacSha256(chainKey, idBytes(id));

/** The key of an entry as HMAC-SHA-256 uses it (RFC 2104), for a database that has SHA-256 alone. */
export function padsOf(key: Buffer): { readonly inner: Buffer; readonly outer: Buffer } {
  const [inner, outer] = [Buffer.alloc(blockBytes, 0x36), Buffer.alloc(blockBytes, 0x5c)];
  for (const [at, byte] of key.entries()) {
    inner[at] = byte ^ 0x36;
    outer[at] = byte ^ 0x5c;
  }
  return { inner, outer };
}

/**
 * The HMAC of an entry behind the head before it: as `velro.append_audit_entry` makes it, and without asking the database. From the pads as
 * there: a key that is used once would cost more to prepare than the hashes do.
 */
export function macOf(chainKey: KeyObject, head: Buffer, entry: Omit<StoredEntry, 'mac'>): Buffer {
  const { inner, outer } = padsOf(entryKey(chainKey, entry.id));
  const numbers = Buffer.alloc(2 + 8);
  numbers.writeInt16BE(entry.stream, 0);
  numbers.writeBigInt64BE(entry.position, 2);
  const at = Buffer.alloc(8);
  at.writeBigInt64BE(entry.at);
  const fields = [
    Buffer.from(entry.action),
    entry.actor,
    entry.subject,
    entry.requestId === null ? null : Buffer.from(entry.requestId),
    entry.payload,
  ].flatMap((field) => (field === null ? [lengthOf(null)] : [lengthOf(field), field]));
  return sha256(outer, sha256(inner, head, numbers, idBytes(entry.id), at, ...fields));
}

function lengthOf(field: Buffer | null): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(field === null ? -1 : field.length);
  return length;
}

const idBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
