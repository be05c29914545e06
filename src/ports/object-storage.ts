/** Private objects. A key is a path of our own making: `generations/<user>/<generation>/0.png`. */
export abstract class ObjectStorage {
  /** Stores the bytes whole or not at all. Storing the same key again replaces it. */
  abstract put(key: string, bytes: Uint8Array, contentType: string): Promise<void>;
  /** A URL that anybody may fetch for `seconds`, and nobody afterwards. */
  abstract signedUrl(key: string, seconds: number): Promise<string>;
  /** Removes the objects; those that are not there count as removed. */
  abstract remove(keys: readonly string[]): Promise<void>;
}
