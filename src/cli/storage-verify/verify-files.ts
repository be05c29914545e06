import { createHash } from 'node:crypto';
import { verificationPolicy } from '../../../config/policy/operations/verification.js';
import type { ObjectStorage } from '../../ports/object-storage.js';
import { fileById, filesAfter } from './questions.js';
import type { Verification } from './verification.js';

const nobody = '00000000-0000-0000-0000-000000000000';

interface FileRow {
  readonly id: string;
  readonly key: string;
  /** A bigint, which the driver returns as text. */
  readonly bytes: string;
  readonly sha256: Buffer;
}

interface Measured {
  readonly bytes: number;
  readonly sha256: Buffer;
}

/** Compares every file with its object: size and SHA-256. */
export async function verifyFiles(verification: Verification): Promise<void> {
  for (let after = nobody; !verification.isOver;) {
    const rows = await verification.query<FileRow>(filesAfter, [after, verificationPolicy.rowsPerPage]);
    const last = rows.at(-1);
    if (last === undefined) return;
    await verification.each(rows, (row) => verifyFile(verification, row));
    after = last.id;
  }
}

async function verifyFile(verification: Verification, row: FileRow): Promise<void> {
  const named = { of: 'file', name: `${row.id} ${row.key}` } as const;
  // Rows are deleted before their objects: a file deleted meanwhile is no fault.
  const isThere = async () => (await verification.query(fileById, [row.id])).length === 1;
  verification.files++;
  const found = await verification.answer(named, () => measure(verification.storage, row.key), isThere);
  if (found === undefined) return;
  const what = differenceOf(row, found);
  if (what !== null && (await isThere())) verification.report({ ...named, what });
}

function differenceOf({ bytes, sha256 }: FileRow, found: Measured | null): string | null {
  if (found === null) return 'its object is missing';
  if (found.bytes !== Number(bytes)) return `its object has ${found.bytes} bytes instead of ${bytes}`;
  return found.sha256.equals(sha256) ? null : 'its object has another SHA-256';
}

/** Null when the object is missing. @throws StorageUnavailable */
async function measure(storage: ObjectStorage, key: string): Promise<Measured | null> {
  const stream = await storage.read(key);
  if (stream === null) return null;
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest() };
}
