import type { Secret } from '../../config/values/secret.js';

/** URLs of external services: from the configuration, or of those started by the embedded default. */
export interface Endpoints {
  readonly databaseUrl: Secret;
  readonly supabase: {
    readonly url: string;
    readonly publishableKey: Secret;
    readonly secretKey: Secret;
  };
}
