import type { Readable } from 'node:stream';

/** Parts of `[a-z0-9._-]` with `/` between them; none begins with a dot, so that none leads elsewhere. */
const shape = /^[a-zA-Z0-9_-][\w.-]{0,127}(?:\/[a-zA-Z0-9_-][\w.-]{0,127}){0,3}$/;

/** What is stored under a name. */
export interface StoredPart {
  readonly name: string;
  readonly bytes: number;
}

/** Where backups are kept, outside of what they are backups of. A name is a path made by this service: `backups/<time>/manifest.json.age`. */
export abstract class BackupTarget {
  /** For the terminal; without anything secret. */
  abstract readonly label: string;
  /**
   * Stores the body durably under the name, all of it or nothing; a stream is never buffered whole. One that fails rejects with its error.
   * @throws BackupTargetUnavailable
   */
  abstract put(name: string, body: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * The bytes under a name, to be read or destroyed by the caller; null when there are none. The stream fails when it ends early.
   * @throws BackupTargetUnavailable
   */
  abstract read(name: string): Promise<Readable | null>;
  /** Everything whose name begins with `folder/`, in the order of the bytes of the names. @throws BackupTargetUnavailable */
  abstract list(folder: string): AsyncIterable<StoredPart>;
  /** Removes what is stored under the names; missing ones count as removed. @throws BackupTargetUnavailable */
  abstract remove(names: readonly string[]): Promise<void>;
}

/** The target did not answer, refused, or its answer is invalid. */
export class BackupTargetUnavailable extends Error {
  override readonly name = 'BackupTargetUnavailable';
}

export const isBackupName = (name: string): boolean => shape.test(name);

/** @throws Error for a name that is none: it comes of a manifest that nobody wrote, or a defect */
export function requireBackupName(name: string): void {
  if (!isBackupName(name)) throw new Error('not the name of a part of a backup');
}
