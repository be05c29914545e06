/** Ids and random bytes, injected so that tests can fix them. */
export abstract class Random {
  /** A random UUID (RFC 9562, version 4). */
  abstract uuid(): string;
  /** A UUID that sorts by time, to the millisecond (RFC 9562, version 7). */
  abstract timeOrderedUuid(): string;
  /** `count` bytes of a cryptographically secure generator. */
  abstract bytes(count: number): Buffer;
}
