import type { Readable } from 'node:stream';

export interface ObjectEntry {
  readonly key: string;
  readonly storedAt: Date;
}

/** An object that a URL is signed for. */
export interface Linkable {
  readonly key: string;
  /** What it must have, where the storage compares it; null when it is unknown. */
  readonly bytes: number | null;
  /** Under which browsers save it, whatever it is; without one they may show it. */
  readonly fileName?: string | null;
}

export interface SignedUrl {
  readonly url: string;
  /** False when the storage has no such object: the URL opens nothing. The disk looks only when the URL is fetched. */
  readonly isSigned: boolean;
}

/** Private objects. A key is a path made by this service: `generations/<generation>/0.png`. */
export abstract class ObjectStorage {
  /**
   * Stores the body atomically; a stream is never buffered whole. Storing the same key again replaces the object. A
   * stream that fails stores nothing and rejects with its error.
   * @throws StorageUnavailable when the storage does not take it, because it is full too
   */
  abstract put(key: string, body: Uint8Array | Readable, contentType: string): Promise<void>;
  /**
   * URLs that anyone can fetch until they expire after `seconds`: one for each object, in their order.
   * @throws StorageUnavailable when not every object has its answer; a missing object is no error
   */
  abstract signedUrls(objects: readonly Linkable[], seconds: number): Promise<SignedUrl[]>;
  /**
   * The bytes of an object, to be read or destroyed by the caller; null when it is missing. The stream fails with
   * StorageUnavailable, also when nothing comes of it for too long.
   * @throws StorageUnavailable
   */
  abstract read(key: string): Promise<Readable | null>;
  /** Removes the objects; missing ones count as removed. */
  abstract remove(keys: readonly string[]): Promise<void>;
  /**
   * Removes drafts last written before `before`: what uploads leave behind whose process is killed. Returns how many; none
   * where the storage keeps no drafts, or removes them itself. Ends soon after `signal`, with its reason.
   */
  abstract removeDrafts(before: Date, signal: AbortSignal): Promise<number>;
  /** Every object whose key begins with `folder/`, a page in memory at a time. For the sweep of orphaned objects. */
  abstract objects(folder: string): AsyncIterable<ObjectEntry>;
}

/** Whether the storage takes objects; one that takes none may still be read. */
export abstract class StorageHealth {
  abstract isUp(): boolean;
  /** Calls `listener` at each change, with the reason where it takes none, and at once when it takes none now. */
  abstract listen(listener: (up: boolean, cause: unknown) => void): void;
}

/** The storage did not answer, or its answer is invalid: a retry may succeed. */
export class StorageUnavailable extends Error {
  override readonly name: string = 'StorageUnavailable';
}

/** The storage takes objects, and not this one: it is too large, or of a type that it does not hold. */
export class ObjectRefused extends StorageUnavailable {
  override readonly name = 'ObjectRefused';
}
