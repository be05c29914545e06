import type { Secret } from '../../config/values/secret.js';

/** Where the things outside this process answer: read from the configuration, or from what the embedded default started. */
export interface Endpoints {
  readonly databaseUrl: Secret;
  readonly supabase: {
    readonly url: string;
    readonly publishableKey: Secret;
    readonly secretKey: Secret;
  };
}
