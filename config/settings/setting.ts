import type { Secret } from '../values/secret.js';

/** A variable as the service runs with it, its default included. */
export interface Setting {
  readonly name: string;
  readonly value: Secret | string;
}
