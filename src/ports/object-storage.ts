import type { Readable } from 'node:stream';

export interface ObjectEntry {
  readonly key: string;
  readonly storedAt: Date;
}

/** Private objects. A key is a path of our own making: `generations/<generation>/0.png`. */
export abstract class ObjectStorage {
  /**
   * Stores the body whole or not at all; a stream is passed on, never held in memory. Storing the same key again
   * replaces it. A stream that ends with an error leaves nothing and rejects with that error.
   */
  abstract put(key: string, body: Uint8Array | Readable, contentType: string): Promise<void>;
  /** A URL that anybody may fetch for `seconds`, and nobody afterwards. */
  abstract signedUrl(key: string, seconds: number): Promise<string>;
  /** Removes the objects; those that are not there count as removed. */
  abstract remove(keys: readonly string[]): Promise<void>;
  /** Every object whose key begins with `folder/`, a page in memory at a time. For the sweep of what no row speaks of. */
  abstract objects(folder: string): AsyncIterable<ObjectEntry>;
}

/** The storage did not answer, or not as it should: perhaps later. */
export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable';
}
