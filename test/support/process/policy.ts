import type { dataExportPolicy } from '../../../config/policy/privacy/export.js';
import type { accountDeletionPolicy } from '../../../config/policy/privacy/deletion.js';
import type { sweepPolicy, storageHealthPolicy } from '../../../config/policy/generations/storage.js';
import type { streamPolicy } from '../../../config/policy/generations/streams.js';

interface Policies {
  readonly accountDeletionPolicy: typeof accountDeletionPolicy;
  readonly dataExportPolicy: typeof dataExportPolicy;
  readonly storageHealthPolicy: typeof storageHealthPolicy;
  readonly streamPolicy: typeof streamPolicy;
  readonly sweepPolicy: typeof sweepPolicy;
}

type Numbers = { readonly [P in keyof Policies]?: { readonly [N in keyof Policies[P]]?: number } };

/**
 * The environment of a service that has these numbers of config/policy otherwise: intervals that a spec would only wait for, sizes that
 * it would only take long to reach. The bundle that tests start reads it, and no other (tools/bundle.ts).
 */
export const withPolicy = (numbers: Numbers): { readonly VELRO_TEST_POLICY: string } => ({
  VELRO_TEST_POLICY: JSON.stringify(numbers),
});
