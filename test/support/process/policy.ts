import type { healthPingPolicy } from '../../../config/policy/perimeter/health-ping.js';
import type { dataExportPolicy } from '../../../config/policy/privacy/export.js';
import type { accountDeletionPolicy } from '../../../config/policy/privacy/deletion.js';
import type { generationPolicy } from '../../../config/policy/generations/generations.js';
import type { sweepPolicy, storageHealthPolicy } from '../../../config/policy/generations/storage.js';
import type { uploadPacePolicy } from '../../../config/policy/generations/uploads.js';
import type { streamPolicy } from '../../../config/policy/generations/streams.js';
import type { feedPolicy } from '../../../config/policy/operations/feed.js';
import type { databaseLimits } from '../../../config/policy/operations/database.js';
import type { webhookPolicy } from '../../../config/policy/operations/webhook-endpoints.js';
import type { concurrencyPolicy } from '../../../config/policy/perimeter/concurrency.js';

interface Policies {
  readonly healthPingPolicy: typeof healthPingPolicy;
  readonly accountDeletionPolicy: typeof accountDeletionPolicy;
  readonly concurrencyPolicy: typeof concurrencyPolicy;
  readonly databaseLimits: typeof databaseLimits;
  readonly dataExportPolicy: typeof dataExportPolicy;
  readonly feedPolicy: typeof feedPolicy;
  readonly generationPolicy: typeof generationPolicy;
  readonly storageHealthPolicy: typeof storageHealthPolicy;
  readonly streamPolicy: typeof streamPolicy;
  readonly sweepPolicy: typeof sweepPolicy;
  readonly uploadPacePolicy: typeof uploadPacePolicy;
  readonly webhookPolicy: typeof webhookPolicy;
}

type Numbers = { readonly [P in keyof Policies]?: { readonly [N in keyof Policies[P]]?: number } };

/**
 * The environment of a service that has these numbers of config/policy otherwise: intervals that a spec would only wait for, sizes that
 * it would only take long to reach. The bundle that tests start reads it, and no other (tools/bundle.ts).
 */
export const withPolicy = (numbers: Numbers): { readonly VELRO_TEST_POLICY: string } => ({
  VELRO_TEST_POLICY: JSON.stringify(numbers),
});

/** A burst that is to be carried out whole, on a machine that is busy: each of it waits for its turn and for the database as long as it takes. */
export const patient = withPolicy({
  concurrencyPolicy: { waitMs: 60_000 },
  databaseLimits: { connectTimeoutMs: 60_000, statementTimeoutMs: 60_000 },
});
