import type { Secret } from '../values/secret.js';

/** A key, token or password that the service uses. */
export interface WatchedKey {
  /** The variable that gives it. */
  readonly name: string;
  readonly secret: Secret;
}
