import { createHmac } from 'node:crypto';
import { hmacSha256 } from '../../../crypto/hash.js';

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
export const entryKey = (chainKey: Buffer, id: string): Buffer => hmacSha256(chainKey, idBytes(id));

/** The key of an entry as HMAC-SHA-256 uses it (RFC 2104), for a database that has SHA-256 alone. */
export function padsOf(key: Buffer): { readonly inner: Buffer; readonly outer: Buffer } {
  const block = Buffer.concat([key, Buffer.alloc(blockBytes - key.length)]);
  return {
    inner: block.map((byte) => byte ^ 0x36) as Buffer,
    outer: block.map((byte) => byte ^ 0x5c) as Buffer,
  };
}

/** The HMAC of an entry behind the head before it: as `velro.append_audit_entry` makes it, and without asking the database. */
export function macOf(chainKey: Buffer, head: Buffer, entry: Omit<StoredEntry, 'mac'>): Buffer {
  const hmac = createHmac('sha256', entryKey(chainKey, entry.id));
  hmac.update(head);
  const fixed = Buffer.alloc(10);
  fixed.writeInt16BE(entry.stream, 0);
  fixed.writeBigInt64BE(entry.position, 2);
  hmac.update(fixed).update(idBytes(entry.id));
  const at = Buffer.alloc(8);
  at.writeBigInt64BE(entry.at);
  hmac.update(at);
  for (const field of [
    Buffer.from(entry.action),
    entry.actor,
    entry.subject,
    entry.requestId === null ? null : Buffer.from(entry.requestId),
    entry.payload,
  ])
    hmac.update(lengthOf(field)).update(field ?? '');
  return hmac.digest();
}

function lengthOf(field: Buffer | null): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(field === null ? -1 : field.length);
  return length;
}

const idBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
