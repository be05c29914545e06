import type { Readable } from 'node:stream';

export interface ObjectEntry {
  readonly key: string;
  readonly storedAt: Date;
}

/** Private objects. A key is a path made by this service: `generations/<generation>/0.png`. */
export abstract class ObjectStorage {
  /**
   * Stores the body atomically; a stream is never buffered whole. Storing the same key again replaces the object. A
   * stream that fails stores nothing and rejects with its error.
   */
  abstract put(key: string, body: Uint8Array | Readable, contentType: string): Promise<void>;
  /**
   * A URL that anyone can fetch until it expires after `seconds`. `bytes`: what the object must have, where the storage compares
   * it; null when it is unknown.
   */
  abstract signedUrl(key: string, seconds: number, bytes?: number | null): Promise<string>;
  /** Removes the objects; missing ones count as removed. */
  abstract remove(keys: readonly string[]): Promise<void>;
  /** Every object whose key begins with `folder/`, a page in memory at a time. For the sweep of orphaned objects. */
  abstract objects(folder: string): AsyncIterable<ObjectEntry>;
}

/** The storage did not answer, or its answer is invalid: a retry may succeed. */
export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable';
}
